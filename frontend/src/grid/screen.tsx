import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { percent, t } from '../i18n.ts';
import { Drawer } from '../ui/drawer.tsx';
import { Icon } from '../ui/icons.tsx';
import { NothingOpen, Notices, Toast } from '../ui/messages.tsx';
import { IconButton, Keys, keepFocus, Modal } from '../ui/parts.tsx';
import { Saved } from '../ui/top-bar.tsx';
import { SIZES } from './kept.ts';
import { listenToKeys } from './keyboard.ts';
import { Picture } from './picture.tsx';
import type { GridRoom, OpenPage } from './room.ts';
import { TileCell } from './tile.tsx';
import type { Group } from './tiles.ts';

const TopBar = ({ room }: { readonly room: GridRoom }) => (
  <header class="topbar">
    <a
      class="btn quiet icon sm"
      href={room.boot.urls.leave}
      aria-label={t('Leave, your work is kept')}
      title={t('Leave, your work is kept')}
      onClick={(event) => {
        event.preventDefault();
        room.session.leave();
      }}
    >
      <Icon name="left" />
    </a>
    <div class="job-name">
      <b class="cut">{room.boot.job.name}</b>
      <span class="cut">{t('Check at a glance')}</span>
    </div>
    <span class="grow" />
    <Saved room={room} />
    {room.instructions !== null && (
      <button
        type="button"
        class="btn quiet sm"
        aria-expanded={room.reading.value}
        onMouseDown={keepFocus}
        onClick={() => {
          room.reading.value = !room.reading.value;
        }}
      >
        <Icon name="book" />
        <span class="not-phone">{t('Instructions')}</span>
        <span class="vh only-phone">{t('Instructions')}</span>
      </button>
    )}
    <IconButton
      icon="keys"
      class="not-phone"
      label={t('Keyboard shortcuts')}
      chord="?"
      onClick={() => {
        room.keysShown.value = true;
      }}
    />
  </header>
);

const Tiles = ({ room, group, from }: { readonly room: GridRoom; readonly group: Group; readonly from: number }) => (
  <div role="grid" aria-multiselectable="true" aria-label={group.title}>
    <div role="row" class="tiles">
      {group.tiles.map((tile, i) => (
        <TileCell key={tile.assignment} room={room} tile={tile} at={from + i} />
      ))}
    </div>
  </div>
);

const Hint = ({ located }: { readonly located: boolean }) => (
  <p class="muted">
    {located
      ? t('Press the ones where something is wrong or missing. Everything else counts as right.')
      : t('Press the ones that are not. Everything else counts as right.')}
  </p>
);

const Groups = ({ room, page }: { readonly room: GridRoom; readonly page: OpenPage }) => {
  let from = 0;
  return (
    <>
      {page.groups.map((group, i) => {
        const first = from;
        from += group.tiles.length;
        return (
          <section key={group.key} class="glance-group">
            <div class="titles">
              {i === 0 ? <h1>{group.title}</h1> : <h2>{group.title}</h2>}
              {i === 0 && <Hint located={group.tiles[0]?.desk.type.located !== undefined} />}
            </div>
            <Tiles room={room} group={group} from={first} />
          </section>
        );
      })}
    </>
  );
};

/** The one that is looked at, large, on the side where the pointer is not. */
const Large = ({ room }: { readonly room: GridRoom }) => {
  const tile = room.looked.value;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const at = tile === null ? -1 : room.page.value?.tiles.indexOf(tile);
    const place = document.querySelector(`[data-at="${at}"]`)?.getBoundingClientRect();
    if (place === undefined || box.current === null) return;
    box.current.classList.toggle('at-start', place.left + place.width / 2 > window.innerWidth / 2);
  }, [tile]);
  if (tile === null) return null;
  return (
    <div class="glance-large" ref={box} aria-hidden="true">
      <div class="glance-frame">
        <Picture key={tile.assignment} tile={tile} large />
      </div>
      <p class="small">
        <b class="cut">{tile.categories.map(({ name }) => name).join(', ') || t('nothing')}</b>
        <span class="muted num">{percent(tile.confidence)}</span>
        <span class="muted cut">{tile.name}</span>
      </p>
    </div>
  );
};

const SizeChoice = ({ room }: { readonly room: GridRoom }) => (
  <label class="glance-size small not-phone">
    <span class="muted">{t('A page has')}</span>
    <select
      class="input sm"
      value={room.size.value}
      onChange={(event) => room.session.resize(Number(event.currentTarget.value))}
    >
      {SIZES.map((size) => (
        <option key={size} value={size}>
          {size}
        </option>
      ))}
    </select>
  </label>
);

const Bar = ({ room, page }: { readonly room: GridRoom; readonly page: OpenPage }) => {
  const wrong = room.marks.value.wrong.size;
  const { before, after } = room.marks.value;
  return (
    <footer class="actionbar">
      <span class="small num">
        <b>{wrong}</b> {t('marked, %(n)s right', { n: page.tiles.length - wrong })}
      </span>
      <span class="tiny muted not-phone">{t('Page %(n)s. At your pace.', { n: room.done.value + 1 })}</span>
      <SizeChoice room={room} />
      <span class="grow" />
      <IconButton
        icon="undo"
        label={t('Undo')}
        chord="z"
        disabled={before.length === 0}
        onClick={() => room.session.undo()}
      />
      <IconButton
        icon="redo"
        class="not-phone"
        label={t('Redo')}
        chord="Shift+z"
        disabled={after.length === 0}
        onClick={() => room.session.redo()}
      />
      {room.canGoBack.value && (
        <button type="button" class="btn quiet" onMouseDown={keepFocus} onClick={() => room.session.takeBack()}>
          <Icon name="undo" />
          {t('Last page')}
        </button>
      )}
      <button type="button" class="btn lg primary" onMouseDown={keepFocus} onClick={() => room.session.submit()}>
        {t('Submit page')}
        <Keys chord="Enter" />
      </button>
    </footer>
  );
};

const HELP = (): readonly (readonly [string, readonly string[]])[] => [
  [t('Mark the picture that has this key, or free it'), ['1', '…', 'L']],
  [t('Mark the picture that you are at, or free it'), ['Space', 'X']],
  [t('Mark all from the last one to here'), ['⇧ Space', t('⇧ click')]],
  [t('Go to another picture'), ['← ↑ ↓ →']],
  [t('Show it large while you hold the key'), ['V']],
  [t('Submit the page'), ['↵']],
  [t('Back to the last page, for a few seconds'), ['Backspace']],
  [t('Undo, redo'), ['Z', '⇧ Z']],
  [t('Instructions'), ['I']],
];

const Help = ({ room }: { readonly room: GridRoom }) =>
  room.keysShown.value ? (
    <Modal
      kind="dialog"
      class="narrow"
      title={t('Keyboard shortcuts')}
      onClose={() => {
        room.keysShown.value = false;
      }}
    >
      <dl class="kv">
        {HELP().map(([title, keys]) => [
          <dt key={title}>{title}</dt>,
          <dd key={`${title} keys`}>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dd>,
        ])}
      </dl>
      <p class="hint">{t('Not sure about one? Mark it: somebody will look at it on its own.')}</p>
    </Modal>
  ) : null;

const Waiting = () => (
  <div class="tiles" role="status" aria-busy="true" aria-label={t('Loading')}>
    {Array.from({ length: 12 }, (_, i) => (
      <span key={i} class="tile skeleton late" />
    ))}
  </div>
);

const Body = ({ room }: { readonly room: GridRoom }) => {
  const page = room.page.value;
  if (page !== null) return <Groups key={page.id} room={room} page={page} />;
  return room.phase.value === 'loading' ? <Waiting /> : <NothingOpen room={room} />;
};

export const GridScreen = ({ room }: { readonly room: GridRoom }) => {
  const page = room.page.value;
  useEffect(() => listenToKeys(room), [room]);
  useLayoutEffect(() => {
    if (page === null) return;
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('[data-at="0"]')?.focus({ preventScroll: true });
  }, [page]);
  return (
    <>
      <TopBar room={room} />
      <main id="main" class={`page wide glance${page === null ? ' is-empty' : ''}`}>
        <Notices room={room} />
        {page === null && <h1 class="vh">{t('Check at a glance')}</h1>}
        <Body room={room} />
        <Drawer room={room} />
      </main>
      {page !== null && <Bar room={room} page={page} />}
      <Large room={room} />
      <Toast room={room} />
      <Help room={room} />
      <p class="vh" aria-live="polite" id="said">
        {room.said.value}
      </p>
    </>
  );
};
