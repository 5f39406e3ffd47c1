import { useState } from 'preact/hooks';
import type { Command, Context, Group } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import type { TaskType } from '../task-types/task-type.ts';
import { ChangeKeys } from './change-keys.tsx';
import { caps } from './parts.tsx';
import type { Room } from './room.ts';

/** Commands that the help sums up in one line each instead of naming every key. */
const SUMMED =
  /^((class|crosshair|move|size|relation|word|character|extend|end|start|line|text)-|point-(left|right|up|down)-)/;

const groups = (): readonly (readonly [Group, string])[] => [
  ['draw', t('Draw')],
  ['track', t('Tracks')],
  ['label', t('Label')],
  ['play', t('Play')],
  ['look', t('Look')],
  ['finish', t('Finish')],
];

/** Keys on the words of a text. */
const onWords = (group: Group): readonly (readonly [string, string])[] => {
  if (group === 'look') {
    return [
      ['→ ←', t('Word by word, with Ctrl by characters')],
      ['↑ ↓ Home End', t('By lines, to the ends; with Ctrl of the text')],
    ];
  }
  if (group !== 'label') return [];
  return [
    ['1–9, 0', t('Class for the words, or for the span')],
    [t('⇧ with any of these'), t('Take more words')],
    [t('Drag, double click'), t('Take words; with Alt characters')],
    ['Alt → ←', t('Move the end of the span; with ⇧ the start, with Ctrl by characters')],
  ];
};

/** Hands on the timeline of a film. */
const onTimeline = (): readonly (readonly [string, string])[] => [
  [t('Drag'), t('On the timeline: move a key frame, an end, or all of the selected track')],
  [t('Alt ← →'), t('On the timeline: move the key frame')],
  [t('Ctrl, wheel'), t('Zoom the timeline; with ⇧ move along')],
];

const summed = (group: Group, { located, spanned, timed }: TaskType): readonly (readonly [string, string])[] => {
  if (spanned !== undefined) return onWords(group);
  if (group === 'track') return timed?.tracked ? onTimeline() : [];
  if (group === 'label') return [['1–9, 0', t('Class')]];
  if (group === 'look' && located !== undefined) {
    return [
      [t('Wheel'), t('Zoom')],
      [t('Space, drag'), t('Move the picture')],
    ];
  }
  if (group !== 'draw' || located === undefined) return [];
  return [
    ['← → ↑ ↓', t('Move 1 px, with ⇧ 10 px')],
    ['Alt ← → ↑ ↓', t('Resize')],
  ];
};

const HelpGroup = ({
  title,
  commands,
  more,
}: {
  readonly title: string;
  readonly commands: readonly Command[];
  readonly more: readonly (readonly [string, string])[];
}) => (
  <section>
    <h3>{title}</h3>
    <dl>
      {commands.map((command) => (
        <div key={command.id}>
          <dt>
            {caps(command.keys[0] ?? '').map((cap) => (
              <kbd key={cap}>{cap}</kbd>
            ))}
          </dt>
          <dd>{command.title}</dd>
        </div>
      ))}
      {more.map(([key, what]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </section>
);

/** What goes with a tool or a type belongs where it can run, whatever is selected. */
const WHERE_THEY_RUN = ['brush-smaller', 'brush-larger', 'next-mask', 'apart', 'opacity'];
/** The tools that take hints of what is not part of a thing. */
const HINTED = ['grabcut', 'model'];

/** Whether a command belongs to this kind of object at all, whatever is selected just now. */
const belongs = (command: Command, context: Context): boolean => {
  const { desk, host } = context;
  const { group, id } = command;
  if (command.belongs !== undefined) return command.belongs(context);
  if (WHERE_THEY_RUN.includes(id)) return command.when(context);
  if (id === 'place-outside') return desk.tools.some((tool) => HINTED.includes(tool));
  if (group === 'play') return host.player !== null;
  if (id === 'take-back') return host.submitsOnDigit;
  if (group === 'draw' || ['next', 'previous', 'hide'].includes(id)) return desk.type.located !== undefined;
  if (group === 'look' && id !== 'escape') return desk.pictured;
  if (['accept', 'reject', 'accept-all'].includes(id)) return desk.proposals !== null;
  return true;
};

const Keymap = ({ room, context }: { readonly room: Room; readonly context: Context }) => {
  const located = context.desk.type.located !== undefined;
  return (
    <>
      {located && (
        <p class="small muted help-lead">
          {t(
            'By keys alone: the key of a drawing tool shows a crosshair. Arrow keys move it, with Shift 10 and with Ctrl 100 px at a time. Space puts a point; Enter puts it too, and ends a line or an outline.',
          )}
        </p>
      )}
      <div class="keymap in-columns">
        {groups().map(([group, title]) => {
          const commands = room.registry.commands.filter(
            (command) =>
              command.group === group &&
              command.keys.length > 0 &&
              !SUMMED.test(command.id) &&
              belongs(command, context),
          );
          const more = summed(group, context.desk.type);
          return commands.length + more.length === 0 ? null : (
            <HelpGroup key={group} title={title} commands={commands} more={more} />
          );
        })}
      </div>
    </>
  );
};

/** Every key: to read, to print, and to change. */
export const Help = ({ room, context }: { readonly room: Room; readonly context: Context }) => {
  const [changing, setChanging] = useState(false);
  return (
    <>
      {changing ? <ChangeKeys room={room} groups={groups()} /> : <Keymap room={room} context={context} />}
      <footer class="cluster not-printed">
        <button type="button" class="btn sm" onClick={() => setChanging(!changing)}>
          {changing ? t('Back to the list') : t('Change keys')}
        </button>
        {!changing && (
          <button type="button" class="btn sm" onClick={() => window.print()}>
            {t('Print')}
          </button>
        )}
      </footer>
    </>
  );
};
