import { useRef } from 'preact/hooks';
import { percent, t } from '../i18n.ts';
import { Icon } from '../ui/icons.tsx';
import { colourClass } from '../view/colours.ts';
import { TILE_KEYS } from './keys.ts';
import { Picture } from './picture.tsx';
import type { GridRoom } from './room.ts';
import type { Tile } from './tiles.ts';

/** The mouse rests this long on a picture, or a finger presses so long, before it is shown large, ms. */
const REST = { mouse: 700, touch: 450 };

/** The class as a tag. Shapes carry tags of their own. */
const Tag = ({ tile }: { readonly tile: Tile }) => (
  <span class="cap">
    {tile.categories.map((category) => (
      <span key={category.id} class="glance-class">
        <span class={`swatch ${colourClass(category)}`} />
        <span class="cut">{category.name}</span>
      </span>
    ))}
    {tile.categories.length === 0 && <span class="cut">{t('nothing')}</span>}
  </span>
);

const spoken = (tile: Tile, at: number, marked: boolean): string => {
  const classes = tile.categories.map(({ name }) => name).join(', ') || t('nothing');
  const words = { n: at + 1, name: tile.name, classes, sure: percent(tile.confidence) };
  return marked
    ? t('Picture %(n)s, %(name)s: %(classes)s, %(sure)s, marked as wrong', words)
    : t('Picture %(n)s, %(name)s: %(classes)s, %(sure)s', words);
};

interface Props {
  readonly room: GridRoom;
  readonly tile: Tile;
  readonly at: number;
}

/** Shows the picture large while the mouse rests on it or a finger stays. What a long press began is no click. */
const useLooking = (room: GridRoom, tile: Tile) => {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const long = useRef(false);
  const stop = (): void => {
    clearTimeout(timer.current);
    if (room.looked.peek() === tile) room.looked.value = null;
  };
  const start = (after: number, held: boolean): void => {
    clearTimeout(timer.current);
    long.current = false;
    timer.current = setTimeout(() => {
      long.current = held;
      room.looked.value = tile;
    }, after);
  };
  return { start, stop, wasLong: () => long.current };
};

export const TileCell = ({ room, tile, at }: Props) => {
  const marked = room.marks.value.wrong.has(tile.assignment);
  const here = room.at.value === at;
  const look = useLooking(room, tile);
  const classes = ['tile', marked && 'wrong', here && 'here'].filter(Boolean).join(' ');
  return (
    <div
      role="gridcell"
      class={classes}
      tabIndex={here ? 0 : -1}
      aria-selected={marked}
      aria-label={spoken(tile, at, marked)}
      data-at={at}
      onFocus={() => {
        room.at.value = at;
      }}
      onClick={(event) => {
        if (!look.wasLong()) room.session.mark(at, event.shiftKey);
      }}
      onMouseDown={(event) => {
        if (event.shiftKey) event.preventDefault(); // it would select the words between
      }}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && look.start(REST.mouse, false)}
      onPointerDown={({ pointerType }) => (pointerType === 'mouse' ? look.stop() : look.start(REST.touch, true))}
      onPointerUp={look.stop}
      onPointerLeave={look.stop}
      onPointerCancel={look.stop}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Picture tile={tile} />
      <span class="key" aria-hidden="true">
        {TILE_KEYS[at]?.toUpperCase() ?? ''}
      </span>
      {marked ? (
        <span class="x" aria-hidden="true">
          <span>
            <Icon name="x" />
            {t('Wrong')}
          </span>
        </span>
      ) : (
        <Tag tile={tile} />
      )}
    </div>
  );
};
