import { useState } from 'preact/hooks';
import { asKeymap, asUsual, holders, type Keymap, withKey } from '../commands/keymap.ts';
import { type Command, chordsOf, type Group } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import { pressOf } from './keyboard.ts';
import { caps } from './parts.tsx';
import type { Room } from './room.ts';

const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock'];

interface RowProps {
  readonly command: Command;
  readonly own: boolean;
  readonly listening: boolean;
  listen(on: boolean): void;
  take(chord: string): void;
  reset(): void;
}

const Row = ({ command, own, listening, listen, take, reset }: RowProps) => (
  <div class="key-row">
    <span class="cut">{command.title}</span>
    {own && (
      <button
        type="button"
        class="btn quiet sm"
        aria-label={t('Usual key of “%(title)s”', { title: command.title })}
        onClick={reset}
      >
        {t('Usual')}
      </button>
    )}
    <button
      type="button"
      class="btn sm key-button"
      aria-pressed={listening}
      aria-label={t('Key of “%(title)s”: %(key)s', { title: command.title, key: command.keys.join(', ') || t('none') })}
      onClick={() => listen(!listening)}
      onBlur={() => listen(false)}
      onKeyDown={(event) => {
        if (!listening || MODIFIERS.includes(event.key) || event.key === 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        const [chord] = chordsOf(pressOf(event));
        if (event.key === 'Escape') listen(false);
        else if (chord !== undefined) take(chord);
      }}
    >
      {listening ? t('Press a key …') : command.keys.map((key) => <kbd key={key}>{caps(key).join(' ')}</kbd>)}
      {!listening && command.keys.length === 0 && t('none')}
    </button>
  </div>
);

interface Props {
  readonly room: Room;
  readonly groups: readonly (readonly [Group, string])[];
}

/** A person's own keys: press the button of a command, then the key. Each change is kept at once, for every job. */
export const ChangeKeys = ({ room, groups }: Props) => {
  const [asked, setAsked] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const keymap = asKeymap(room.keys.value);
  const { commands } = room.registry;
  const keep = (next: Keymap, words: string): void => {
    const before = room.keys.value;
    room.keys.value = next;
    setAsked(null);
    setSaid(words);
    room.session.saveKeys(next).catch(() => {
      room.keys.value = before;
      setSaid(t('The keys could not be saved, and are as before. Try again when the connection is back.'));
    });
  };
  const take = (command: Command, chord: string): void => {
    const [other] = holders(commands, command.id, chord);
    const key = caps(chord).join(' ');
    const words = t('%(title)s: %(key)s.', { title: command.title, key });
    const lost = other === undefined ? '' : ` ${t('“%(title)s” has lost this key.', { title: other.title })}`;
    keep(withKey(keymap, command.id, chord), words + lost);
  };
  return (
    <>
      <p class="small muted">
        {t('Choose a command, then press its new key. Esc leaves it as it is. Your keys hold in every job.')}
      </p>
      <p class="small" role="status">
        {said}
      </p>
      {Object.keys(keymap).length > 0 && (
        <button type="button" class="btn sm" onClick={() => keep({}, t('Every key is as usual again.'))}>
          {t('All as usual')}
        </button>
      )}
      <div class="key-rows">
        {groups.map(([group, title]) => (
          <section key={group} aria-label={title}>
            <h3>{title}</h3>
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <Row
                  key={command.id}
                  command={command}
                  own={command.id in keymap}
                  listening={asked === command.id}
                  listen={(on) => setAsked(on ? command.id : null)}
                  take={(chord) => take(command, chord)}
                  reset={() => keep(asUsual(keymap, command.id), t('%(title)s: as usual.', { title: command.title }))}
                />
              ))}
          </section>
        ))}
      </div>
    </>
  );
};
