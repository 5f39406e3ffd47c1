import { removeSelected, setAttribute, setField, setObjectAttribute } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { movePoint } from '../commands/points.ts';
import { t, tn } from '../i18n.ts';
import { objectAttributesOf } from '../task-types/object-attributes.ts';
import { attributesOf, type InstanceRecord, objectOf } from '../task-types/question.ts';
import type { NumberField } from '../task-types/task-type.ts';
import { Arrange } from './arrange.tsx';
import { AttributeField } from './attribute-field.tsx';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

/** Place and size by typing: the way without a drag. */
export const Numbers = ({ desk, record }: { readonly desk: Desk; readonly record: InstanceRecord }) => {
  const { located } = desk.type;
  // Of a point that the keys are at, its own place.
  const point = located?.handles(record, desk.question).find(({ name }) => name === desk.point.value);
  const fields: readonly NumberField[] =
    point === undefined
      ? (located?.fields(record, desk.question) ?? [])
      : [
          { name: 'x', label: t('Point x'), value: point.at.x },
          { name: 'y', label: t('Point y'), value: point.at.y },
        ];
  const set = (name: string, value: number): void => {
    if (point === undefined) setField(desk, name, value);
    else movePoint(desk, (at) => ({ ...at, [name]: value }));
  };
  return (
    <div class="numbers">
      {fields.map(({ name, label, value }) => (
        <label key={name} class="field">
          <span class="hint">{label}</span>
          <input
            class="input sm num"
            type="number"
            step="1"
            value={Math.round(value * 10) / 10}
            onChange={(event) => set(name, Number(event.currentTarget.value))}
          />
        </label>
      ))}
    </div>
  );
};

/** What the selected object carries. */
export const SelectedObject = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  desk.version.value;
  const [record, ...others] = desk.selected();
  if (record === undefined) return null;
  const category = desk.question.categories[record.category];
  const several = others.length > 0;
  const title = several ? tn('%(n)s object', '%(n)s objects', others.length + 1) : (category?.name ?? '');
  const shared = others.every((other) => other.category === record.category);
  return (
    <section aria-label={t('Attributes of the selected object')}>
      <header>
        <h2 class="cut">{title}</h2>
        <Arrange room={room} desk={desk} />
        <IconButton icon="trash" label={t('Remove')} chord="Delete" onClick={() => removeSelected(desk)} />
      </header>
      <div class="stack">
        {shared &&
          attributesOf(desk.question, record.category).map((attribute) => (
            <AttributeField
              key={`${record.id} ${attribute.name}`}
              room={room}
              of="instance"
              attribute={attribute}
              value={record.attributes[attribute.name]}
              set={(value) => setAttribute(desk, attribute.name, value)}
            />
          ))}
        {!several && <Numbers desk={desk} record={record} />}
      </div>
    </section>
  );
};

const titles = (): Record<string, string> => ({
  image: t('About the whole picture'),
  text: t('About the whole text'),
  video: t('About the whole clip'),
});

/** What the data object as a whole carries, whatever the kind of question. */
export const WholeObject = ({ room, desk }: { readonly room: Room; readonly desk: Desk }) => {
  desk.version.value;
  const { attributes } = objectOf(desk.doc.records);
  const fields = objectAttributesOf(desk.question);
  if (fields.length === 0) return null;
  const title = titles()[desk.question.media.kind];
  return (
    <section aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      <div class="stack">
        {fields.map((attribute) => (
          <AttributeField
            key={attribute.name}
            room={room}
            of="object"
            attribute={attribute}
            value={attributes[attribute.name]}
            set={(value) => setObjectAttribute(desk, attribute.name, value)}
          />
        ))}
      </div>
    </section>
  );
};
