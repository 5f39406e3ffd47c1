import { into, type Point } from '../geometry/plane.ts';
import { others, pieceAt, unionOf } from '../geometry/runs.ts';
import { t } from '../i18n.ts';
import { put } from './strokes.ts';
import { makeTool, type Step, stay, type Tool, type World } from './tool.ts';

type State = { readonly at: 'idle' } | { readonly at: 'aiming'; readonly to: Point };

const IDLE: State = { at: 'idle' };

/**
 * What a click fills: the free place around it, as far as shapes (or the picture's edge) enclose it. In a type with one shape a class,
 * a click on another class gives that piece of it to the class in use.
 */
const filledAt = (world: World, at: Point, after: State): Step<State> => {
  const { painting } = world.located;
  if (painting === undefined) return stay(after);
  const { media } = world.question;
  const on = world.shapes().find((record) => world.located.hit(record, at, 0) !== null);
  if (on !== undefined && (!painting.oneEachClass || on.category === world.category || !world.inReach().includes(on))) {
    return stay(after, { do: 'say', text: t('This place is taken.') });
  }
  const free = on === undefined ? others(unionOf(world.shapes().map(painting.runs)), media) : painting.runs(on);
  return stay(after, ...put(world, pieceAt(free, media, at)));
};

const stepped = (world: World, from: Point, by: Point): Point =>
  into(world.question.media, { x: from.x + by.x, y: from.y + by.y });

/** A bucket: fills holes and what lies free between shapes. */
export const fill: Tool = makeTool<State>(
  'fill',
  IDLE,
  {
    idle: {
      up: (world, _state, { at }) => filledAt(world, at, IDLE),
      move: (_world, state) => stay<State>(state, { do: 'hover', id: null }),
      aim: (world) => stay<State>({ at: 'aiming', to: into(world.question.media, world.centre) }),
    },
    aiming: {
      step: (world, { to }, { by }) => stay<State>({ at: 'aiming', to: stepped(world, to, by) }),
      place: (world, state) => filledAt(world, state.to, state),
      up: (world, _state, { at }) => filledAt(world, at, IDLE),
      move: () => stay(IDLE),
      cancel: () => stay(IDLE),
    },
  },
  (_world, state) => (state.at === 'aiming' ? { crosshair: state.to } : {}),
);
