import { boxBetween, type Point } from '../geometry/plane.ts';
import { type Holding, holdingRows, pointing, taken } from './reshape.ts';
import { beyondSlip, hovering, makeTool, type Press, type Step, stay, type World } from './tool.ts';

type State =
  | { readonly at: 'idle' }
  | { readonly at: 'empty'; readonly from: Press }
  | { readonly at: 'brushing'; readonly from: Point; readonly to: Point }
  | { readonly at: 'dragging'; readonly last: Point }
  | Holding;

const IDLE: State = { at: 'idle' };

const toggled = (selection: readonly string[], id: string): readonly string[] =>
  selection.includes(id) ? selection.filter((each) => each !== id) : [...selection, id];

const down = (world: World, press: Press): Step<State> => {
  const held = world.handle(press.at) === null ? null : taken<State>(world, press, IDLE);
  if (held !== null) return held;
  const id = world.pick(press.at);
  const record = id === null ? undefined : world.record(id);
  if (record === undefined) return { state: { at: 'empty', from: press }, effects: [] };
  const ids = press.how.shift ? toggled(world.selection, record.id) : [record.id];
  return { state: pointing(record, press), effects: [{ do: 'select', ids }] };
};

/** Select, move and reshape; from an empty place a mouse draws a frame to select with, and a finger moves the picture. */
export const select = makeTool<State>(
  'select',
  IDLE,
  {
    idle: {
      down: (world, _state, press) => down(world, press),
      move: (world, state, { at }) => stay(state, hovering(world, at, world.pick)),
    },
    empty: {
      move: (_world, state, { at, screen, touch }) => {
        if (!beyondSlip(state.from.screen, screen)) return stay<State>(state);
        return stay<State>(touch ? { at: 'dragging', last: screen } : { at: 'brushing', from: state.from.at, to: at });
      },
      up: () => stay(IDLE, { do: 'select', ids: [] }),
      cancel: () => stay(IDLE),
    },
    brushing: {
      move: (_world, state, { at }) => stay<State>({ ...state, to: at }),
      up: (world, { from, to }) => stay(IDLE, { do: 'select', ids: world.inside(boxBetween(from, to)) }),
      cancel: () => stay(IDLE),
    },
    dragging: {
      move: (_world, { last }, { screen }) =>
        stay<State>(
          { at: 'dragging', last: screen },
          { do: 'pan', by: { x: screen.x - last.x, y: screen.y - last.y } },
        ),
      up: () => stay(IDLE),
      cancel: () => stay(IDLE),
    },
    ...holdingRows(IDLE),
  },
  (_world, state) => ({
    record: state.at === 'changing' ? state.now : null,
    brush: state.at === 'brushing' ? boxBetween(state.from, state.to) : null,
  }),
);
