import { brushed } from '../geometry/masks.ts';
import { into, type Point } from '../geometry/plane.ts';
import { NO_RUNS, type Runs, union } from '../geometry/runs.ts';
import { t } from '../i18n.ts';
import { put, take, targetOf } from './strokes.ts';
import { type InHand, makeTool, type Press, type Step, stay, type Tool, type World } from './tool.ts';

/** A stroke so far: all its pixels, and what each move added, for a view that draws only that. */
interface Stroke {
  readonly erase: boolean;
  readonly radius: number;
  readonly last: Point;
  readonly runs: Runs;
  readonly pieces: readonly Runs[];
}

type State =
  /** `tip`: where the hand was seen last. */
  | { readonly at: 'idle'; readonly tip: Point | null }
  | ({ readonly at: 'stroking' } & Stroke)
  /** By keys: the crosshair looks for where to put the brush down. */
  | { readonly at: 'aiming'; readonly to: Point }
  /** By keys: the brush is down and every step paints. */
  | ({ readonly at: 'inking' } & Stroke);

const along = (world: World, stroke: Stroke, points: readonly Point[]): Stroke => {
  const piece = brushed([stroke.last, ...points], stroke.radius, world.question.media);
  const last = points.at(-1) ?? stroke.last;
  return { ...stroke, last, runs: union(stroke.runs, piece), pieces: [...stroke.pieces, piece] };
};

const begin = (world: World, at: Point, erase: boolean): Stroke =>
  along(world, { erase, radius: world.radius, last: at, runs: NO_RUNS, pieces: [] }, []);

const finished = (world: World, stroke: Stroke, idle: State): Step<State> =>
  stay(idle, ...(stroke.erase ? take : put)(world, stroke.runs));

const down = (world: World, { at, how }: Press, erase: boolean): Step<State> =>
  stay<State>({ at: 'stroking', ...begin(world, at, erase !== how.alt) });

const stepped = (world: World, from: Point, by: Point): Point =>
  into(world.question.media, { x: from.x + by.x, y: from.y + by.y });

const strokeInHand = (world: World, { erase, radius, last, pieces }: Stroke): Partial<InHand> => {
  const { painting } = world.located;
  const target = painting === undefined ? null : targetOf(world, painting);
  return {
    stroke: { pieces, height: world.question.media.height, erase, category: target?.category ?? world.category },
    tip: { at: last, radius },
  };
};

/** A round brush that puts pixels, or with `erase` takes them away; Alt held turns it round. */
const brushTool = (id: string, erase: boolean): Tool =>
  makeTool<State>(
    id,
    { at: 'idle', tip: null },
    {
      idle: {
        down: (world, _state, press) => down(world, press, erase),
        move: (_world, _state, { at }) => stay<State>({ at: 'idle', tip: at }, { do: 'hover', id: null }),
        aim: (world) => stay<State>({ at: 'aiming', to: into(world.question.media, world.centre) }),
      },
      stroking: {
        move: (world, state, { at, trail }) =>
          stay<State>({
            at: 'stroking',
            ...along(world, state, trail === undefined || trail.length === 0 ? [at] : trail),
          }),
        up: (world, state, { at }) => finished(world, along(world, state, [at]), { at: 'idle', tip: at }),
        interrupt: () => stay<State>({ at: 'idle', tip: null }),
        cancel: (_world, { last }) => stay<State>({ at: 'idle', tip: last }),
      },
      aiming: {
        step: (world, { to }, { by }) => stay<State>({ at: 'aiming', to: stepped(world, to, by) }),
        place: (world, { to }) =>
          stay<State>(
            { at: 'inking', ...begin(world, to, erase) },
            {
              do: 'say',
              text: erase
                ? t('Eraser down. Arrow keys erase, Enter lifts it.')
                : t('Brush down. Arrow keys paint, Enter lifts it.'),
            },
          ),
        move: (_world, _state, { at }) => stay<State>({ at: 'idle', tip: at }),
        down: (world, _state, press) => down(world, press, erase),
        cancel: () => stay<State>({ at: 'idle', tip: null }),
      },
      inking: {
        step: (world, state, { by }) =>
          stay<State>({ at: 'inking', ...along(world, state, [stepped(world, state.last, by)]) }),
        place: (world, state) => {
          const { effects } = finished(world, state, state);
          return stay<State>({ at: 'aiming', to: state.last }, ...effects, {
            do: 'say',
            text: t('Lifted. Arrow keys move on.'),
          });
        },
        down: (world, _state, press) => down(world, press, erase),
        interrupt: (_world, { last }) => stay<State>({ at: 'aiming', to: last }),
        cancel: (_world, { last }) => stay<State>({ at: 'aiming', to: last }),
      },
    },
    (world, state) => {
      switch (state.at) {
        case 'idle':
          return { tip: state.tip === null ? null : { at: state.tip, radius: world.radius } };
        case 'aiming':
          return { crosshair: state.to, tip: { at: state.to, radius: world.radius } };
        case 'inking':
          return { crosshair: state.last, ...strokeInHand(world, state) };
        case 'stroking':
          return strokeInHand(world, state);
      }
    },
  );

export const brush = brushTool('brush', false);
export const eraser = brushTool('eraser', true);
