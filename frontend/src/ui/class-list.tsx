import { clearCategory, setCategory } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { digitOf } from '../commands/labeling.ts';
import { t } from '../i18n.ts';
import { type Category, objectOf } from '../task-types/question.ts';
import { colourClass } from '../view/colours.ts';
import { FEW } from './bars.tsx';
import { Finder } from './finder.tsx';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

interface ListProps {
  readonly desk: Desk;
  readonly several: boolean;
  readonly on: readonly number[];
}

/** All that can be chosen, for those that the label bar has no room for; ticks where several may be. */
const ClassList = ({ desk, several, on }: ListProps) => {
  const rows = desk.question.categories.map((category) => (
    <label key={category.id} class="choice class-choice">
      <input
        type={several ? 'checkbox' : 'radio'}
        name="class"
        checked={on.includes(category.id)}
        onChange={() => setCategory(desk, category.id)}
      />
      <span class={`swatch ${colourClass(category)}`}>{digitOf(category, desk.question.categories)}</span>
      <span class="cut">{category.name}</span>
    </label>
  ));
  return (
    <section>
      <header>
        <h2>{t('All classes')}</h2>
      </header>
      {several ? (
        <div class="objects" role="group" aria-label={t('Classes of the whole')}>
          {rows}
        </div>
      ) : (
        <div class="objects" role="radiogroup" aria-label={t('Class of the whole')}>
          {rows}
        </div>
      )}
    </section>
  );
};

const hint = (room: Room, several: boolean, none: boolean): string => {
  if (several) return t('A digit ticks a class, or takes the tick away. Enter submits.');
  if (room.submitsOnDigit) return t('A digit chooses a class and submits. Backspace takes it back for a moment.');
  return none ? t('Press its digit, or choose it above.') : t('Another digit changes it. Enter submits.');
};

/** The chosen class of the whole, to be seen at a glance; the label bar has them all. */
export const ClassOfTheWhole = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  desk.version.value;
  const { chosen } = desk.type;
  if (chosen === undefined) return null;
  const { categories } = desk.question;
  const on = chosen.chosen(objectOf(desk.doc.records));
  return (
    <>
      <section>
        <header>
          <h2>{chosen.several ? t('Classes') : t('Class')}</h2>
          {on.length > 0 && (
            <IconButton
              icon="x"
              label={chosen.several ? t('Take all classes away') : t('Take the class away')}
              onClick={() => clearCategory(desk)}
            />
          )}
        </header>
        <div class="chosen-class">
          {on.length === 0 && <p class="muted">{t('None yet')}</p>}
          {categories
            .filter(({ id }) => on.includes(id))
            .map((category) => (
              <p key={category.id}>
                <span class={`swatch ${colourClass(category)}`}>{digitOf(category, categories)}</span>
                <b>{category.name}</b>
              </p>
            ))}
        </div>
        <p class="hint">{hint(room, chosen.several, on.length === 0)}</p>
      </section>
      {(chosen.several || categories.length > FEW) && <ClassList desk={desk} several={chosen.several} on={on} />}
    </>
  );
};

/** Case and accents do not matter when looking for a class. */
const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

const matching = (categories: readonly Category[], text: string): Category[] => {
  const wanted = plain(text.trim());
  const found = categories.filter(({ name }) => plain(name).includes(wanted));
  const starts = ({ name }: Category): boolean => plain(name).startsWith(wanted);
  return [...found.filter(starts), ...found.filter((category) => !starts(category))];
};

/** Find a class by typing; Enter takes the marked one. */
export const ClassFinder = ({ desk, onDone }: { readonly desk: Desk; onDone(): void }) => (
  <Finder
    id="found-classes"
    label={t('Name of a class')}
    listLabel={t('Classes found')}
    none={t('No class has this in its name.')}
    find={(text) => matching(desk.question.categories, text)}
    keyOf={({ id }) => id}
    show={(category) => (
      <>
        <span class={`swatch ${colourClass(category)}`}>{digitOf(category, desk.question.categories)}</span>
        {category.name}
      </>
    )}
    take={({ id }) => {
      setCategory(desk, id);
      onDone();
    }}
  />
);
