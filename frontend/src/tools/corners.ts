import { into, type Point } from '../geometry/plane.ts';
import { type Drawn, type Modifiers, NO_MODIFIERS } from '../task-types/task-type.ts';
import { type Holding, holdingRows, taken } from './reshape.ts';
import {
  beyondSlip,
  hovering,
  made,
  makeTool,
  type Press,
  putting,
  type Step,
  stay,
  stepped,
  type Tool,
  type World,
} from './tool.ts';

type State =
  | { readonly at: 'idle' }
  /** The button is down on the first corner. */
  | { readonly at: 'pressing'; readonly from: Press }
  /** The second corner follows the hand; `clicked` waits for another click instead of the button's release. */
  | {
      readonly at: 'sizing';
      readonly from: Point;
      readonly to: Point;
      readonly how: Modifiers;
      readonly clicked: boolean;
    }
  /** By keys: a crosshair looks for the first corner, then for the second. */
  | { readonly at: 'aiming'; readonly to: Point }
  | { readonly at: 'spanning'; readonly from: Point; readonly to: Point }
  | Holding;

const IDLE: State = { at: 'idle' };

const corners = (from: Point, to: Point, how: Modifiers): Drawn => ({ by: 'corners', from, to, how });

const finished = (world: World, from: Point, to: Point, how: Modifiers): Step<State> =>
  stay(IDLE, ...putting(world, corners(from, to, how)));

/** A handle reshapes, a small selected shape moves, and anywhere else a new one begins. */
const down = (world: World, press: Press): Step<State> =>
  taken<State>(world, press, IDLE) ?? stay<State>({ at: 'pressing', from: press });

/** A shape of two corners: dragged, clicked twice, or put by keys alone. The handles of the selected one stay usable. */
export const cornersTool = (id: string): Tool =>
  makeTool<State>(
    id,
    IDLE,
    {
      idle: {
        down: (world, _state, press) => down(world, press),
        move: (world, state, { at }) => stay(state, hovering(world, at, world.body)),
        // What was selected is no longer meant: its numbers would stand beside another box.
        aim: (world) =>
          stay<State>({ at: 'aiming', to: into(world.question.media, world.centre) }, { do: 'select', ids: [] }),
      },
      pressing: {
        move: (_world, state, { at, screen, how }) =>
          beyondSlip(state.from.screen, screen)
            ? stay<State>({ at: 'sizing', from: state.from.at, to: at, how, clicked: false })
            : stay<State>(state),
        up: (_world, { from }, { at, how }) => stay<State>({ at: 'sizing', from: from.at, to: at, how, clicked: true }),
        cancel: () => stay(IDLE),
      },
      sizing: {
        move: (_world, state, { at, how }) => stay<State>({ ...state, to: at, how }),
        up: (world, { from }, { at, how }) => finished(world, from, at, how),
        cancel: () => stay(IDLE),
      },
      aiming: {
        step: (world, { to }, { by }) => stay<State>({ at: 'aiming', to: stepped(world, to, by) }),
        place: (_world, { to }) => stay<State>({ at: 'spanning', from: to, to }),
        move: () => stay(IDLE),
        down: (world, _state, press) => down(world, press),
        cancel: () => stay(IDLE),
      },
      spanning: {
        step: (world, { from, to }, { by }) => stay<State>({ at: 'spanning', from, to: stepped(world, to, by) }),
        place: (world, state) => {
          const step = finished(world, state.from, state.to, NO_MODIFIERS);
          return step.effects.length === 0 ? stay<State>(state) : step;
        },
        down: (world, _state, press) => down(world, press),
        cancel: () => stay(IDLE),
      },
      ...holdingRows(IDLE),
    },
    (world, state) => {
      switch (state.at) {
        case 'changing':
          return { record: state.now };
        case 'sizing':
          return { record: made(world, corners(state.from, state.to, state.how)) };
        case 'aiming':
          return { crosshair: state.to };
        case 'spanning':
          return { crosshair: state.to, record: made(world, corners(state.from, state.to, NO_MODIFIERS)) };
        default:
          return {};
      }
    },
  );
