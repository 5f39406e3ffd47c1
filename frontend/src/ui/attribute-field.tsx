import type { TargetedEvent, TargetedKeyboardEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { t } from '../i18n.ts';
import type { Attribute, AttributeValue } from '../task-types/question.ts';
import { fits } from '../task-types/validation.ts';
import type { Asked, Room } from './room.ts';

interface Props {
  readonly room: Room;
  /** Whose attribute it is: of the data object as a whole, or of one instance. */
  readonly of: Asked['of'];
  readonly attribute: Attribute;
  readonly value: AttributeValue | undefined;
  set(value: AttributeValue | undefined): void;
}

interface InputProps extends Pick<Props, 'room' | 'attribute' | 'value' | 'set'> {
  /** Submitting has found nothing here. */
  readonly missing: boolean;
}

/** Up to this many choices stand side by side. */
const FEW = 4;
/** Characters, as the server takes them. */
const LONGEST = 2_000;

interface Option {
  readonly name: string;
  readonly value: AttributeValue | undefined;
}

/** A few options side by side; arrows go through them, Enter still submits. */
const Segments = ({
  attribute,
  value,
  set,
  missing,
  options,
}: InputProps & { readonly options: readonly Option[] }) => {
  const group = useId();
  const all = attribute.required ? options : [{ name: t('Not filled in'), value: undefined }, ...options];
  return (
    <div
      class="segments"
      role="radiogroup"
      aria-label={attribute.name}
      aria-required={attribute.required}
      aria-invalid={missing}
    >
      {all.map((option) => (
        <label key={option.name} class="segment" title={option.name}>
          <input
            class="vh"
            type="radio"
            name={group}
            aria-label={option.name}
            checked={value === option.value}
            onChange={() => set(option.value)}
          />
          {option.value === undefined ? '–' : option.name}
        </label>
      ))}
    </div>
  );
};

const Choice = (props: InputProps) => {
  const { attribute, value, set, missing } = props;
  if (attribute.choices.length <= FEW) {
    return <Segments {...props} options={attribute.choices.map((choice) => ({ name: choice, value: choice }))} />;
  }
  return (
    <select
      class="input sm"
      aria-label={attribute.name}
      aria-required={attribute.required}
      aria-invalid={missing}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => set(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    >
      <option value="">{t('Not filled in')}</option>
      {attribute.choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  );
};

/** "0 to 9", as far as the lead has set bounds. */
const bounds = ({ minimum, maximum }: Attribute): string => {
  if (minimum !== null && maximum !== null) return t('%(least)s to %(most)s', { least: minimum, most: maximum });
  if (minimum !== null) return t('at least %(least)s', { least: minimum });
  return maximum === null ? '' : t('at most %(most)s', { most: maximum });
};

/** Text or a number. What does not fit stays to be seen, with the reason as it is typed, and is not taken. */
const Typed = ({ room, attribute, value, set, missing }: InputProps) => {
  const [typed, setTyped] = useState<{ readonly text: string; readonly good: boolean } | null>(null);
  const reason = useId();
  const number = attribute.kind === 'number';
  const bad = typed?.good === false;
  const read = (field: HTMLInputElement) => {
    const next = number ? Number(field.value) : field.value;
    const good = !field.validity.badInput && (field.value === '' || fits(next, attribute));
    return { next: field.value === '' || !good ? undefined : next, now: { text: field.value, good } };
  };
  const common = {
    class: 'input sm',
    'aria-label': attribute.name,
    'aria-required': attribute.required,
    'aria-invalid': missing || bad,
    'aria-describedby': bad ? reason : undefined,
    value: typed?.text ?? (value === undefined || typeof value === 'boolean' ? '' : String(value)),
    // Said at once: a line that came with leaving the field would move what the person is about to press.
    onInput: (event: TargetedEvent<HTMLInputElement>) => setTyped(read(event.currentTarget).now),
    onChange: (event: TargetedEvent<HTMLInputElement>) => {
      const { next, now } = read(event.currentTarget);
      setTyped(now.good ? null : now);
      set(next);
    },
    onKeyDown: (event: TargetedKeyboardEvent<HTMLInputElement>) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      room.backToWork(event.currentTarget);
    },
  };
  return (
    <>
      {number ? <input {...common} type="number" step="any" /> : <input {...common} maxLength={LONGEST} />}
      {bad && (
        <span class="error" id={reason} role="alert">
          {t('This is not taken: a number, %(bounds)s.', { bounds: bounds(attribute) || t('whatever its size') })}
        </span>
      )}
    </>
  );
};

/** Of a tick that must be there nobody could see whether it was meant: it is asked as yes or no. */
const isTick = ({ kind, required }: Attribute): boolean => kind === 'tick' && !required;

const Input = (props: InputProps) => {
  const { kind } = props.attribute;
  if (kind === 'choice') return <Choice {...props} />;
  if (kind !== 'tick') return <Typed {...props} />;
  const options = [
    { name: t('Yes'), value: true },
    { name: t('No'), value: false },
  ];
  return <Segments {...props} options={options} />;
};

/** One further field of an object. Where submitting misses it, it takes the focus. */
export const AttributeField = ({ room, of, attribute, value, set }: Props) => {
  const box = useRef<HTMLDivElement>(null);
  const asked = room.asked.value;
  const wanted = asked?.of === of && asked.name === attribute.name ? asked : null;
  useEffect(() => {
    if (wanted === null || box.current === null) return;
    // A phone shows no panel: the sheet has the same field, which then takes the focus.
    if (box.current.offsetParent === null) room.open('objects');
    else box.current.querySelector<HTMLElement>('input:checked, input, select')?.focus();
  }, [wanted, room]);
  if (isTick(attribute)) {
    return (
      <div ref={box}>
        <label class="choice">
          <input type="checkbox" checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
          {attribute.name}
        </label>
      </div>
    );
  }
  const hint = attribute.kind === 'number' ? bounds(attribute) : '';
  return (
    <div class="field" ref={box}>
      <span class="label">
        {attribute.name}
        {hint !== '' && <span class="hint"> {hint}</span>}
        {attribute.required && <span class="hint"> {t('needed')}</span>}
      </span>
      <Input room={room} attribute={attribute} value={value} set={set} missing={wanted !== null} />
    </div>
  );
};
