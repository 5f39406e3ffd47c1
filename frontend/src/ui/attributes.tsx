import { useId } from 'preact/hooks';
import { removeSelected, setAttribute, setField } from '../commands/acts.ts';
import type { Desk } from '../commands/desk.ts';
import { t, tn } from '../i18n.ts';
import { type Attribute, type AttributeValue, attributesOf, type InstanceRecord } from '../task-types/question.ts';
import type { NumberField } from '../task-types/task-type.ts';
import { fits } from '../task-types/validation.ts';
import { Arrange } from './arrange.tsx';
import { IconButton } from './parts.tsx';
import type { Room } from './room.ts';

interface FieldProps {
  readonly attribute: Attribute;
  readonly value: AttributeValue | undefined;
  set(value: AttributeValue | undefined): void;
}

/** Up to this many choices stand side by side. */
const FEW = 4;

const Choice = ({ attribute, value, set }: FieldProps) => {
  const id = useId();
  if (attribute.choices.length > FEW) {
    return (
      <select
        id={id}
        class="input sm"
        aria-label={attribute.name}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      >
        <option value="">{t('Not filled in')}</option>
        {attribute.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  return (
    <div class="segments" role="group" aria-label={attribute.name}>
      {attribute.choices.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={value === choice}
          onClick={() => set(value === choice && !attribute.required ? undefined : choice)}
        >
          {choice}
        </button>
      ))}
    </div>
  );
};

const Typed = ({ attribute, value, set }: FieldProps) => {
  const shown = value === undefined || typeof value === 'boolean' ? '' : value;
  const take = (field: HTMLInputElement): void => {
    const next = attribute.kind === 'number' ? Number(field.value) : field.value;
    if (field.value === '') set(undefined);
    else if (fits(next, attribute)) set(next);
    else field.value = String(shown);
  };
  if (attribute.kind === 'text') {
    return (
      <input
        class="input sm"
        aria-label={attribute.name}
        value={shown}
        onChange={(event) => take(event.currentTarget)}
      />
    );
  }
  return (
    <input
      class="input sm"
      type="number"
      step="any"
      min={attribute.minimum ?? undefined}
      max={attribute.maximum ?? undefined}
      aria-label={attribute.name}
      value={shown}
      onChange={(event) => take(event.currentTarget)}
    />
  );
};

const AttributeField = (props: FieldProps) => {
  const { attribute, value, set } = props;
  if (attribute.kind === 'tick') {
    return (
      <label class="choice">
        <input type="checkbox" checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
        {attribute.name}
      </label>
    );
  }
  return (
    <div class="field">
      <span class="label">
        {attribute.name}
        {attribute.required && <span class="hint"> {t('needed')}</span>}
      </span>
      {attribute.kind === 'choice' ? <Choice {...props} /> : <Typed {...props} />}
    </div>
  );
};

/** Place and size by typing: the way without a drag. */
const Numbers = ({ desk, record }: { readonly desk: Desk; readonly record: InstanceRecord }) => {
  const fields: readonly NumberField[] = desk.type.located?.fields(record, desk.question) ?? [];
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
            onChange={(event) => setField(desk, name, Number(event.currentTarget.value))}
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
        <h2>{title}</h2>
        <IconButton icon="trash" label={t('Remove')} chord="Delete" onClick={() => removeSelected(desk)} />
      </header>
      <Arrange room={room} desk={desk} />
      <div class="stack">
        {shared &&
          attributesOf(desk.question, record.category).map((attribute) => (
            <AttributeField
              key={attribute.name}
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
