import type { Point } from '../geometry/plane.ts';
import { cornersTool } from './corners.ts';
import { select } from './select.ts';
import { type Effect, type InHand, type Step, stay, type Tool, type ToolEvent, type World } from './tool.ts';

/** The tools that are there: a few at once, the others when a page needs them (see `later.ts`). */
const tools = new Map<string, Tool>(
  [select, cornersTool('box'), cornersTool('ellipse')].map((tool) => [tool.id, tool]),
);

export const addTools = (more: readonly Tool[]): void => {
  for (const tool of more) tools.set(tool.id, tool);
};

const toolOf = (id: string): Tool => tools.get(id) ?? select;

/** What can happen to a tool, or above it: holding Space (or the middle button) pans, the wheel zooms. */
export type MachineEvent =
  | ToolEvent
  | { readonly type: 'grip'; readonly on: boolean }
  | { readonly type: 'wheel'; readonly factor: number; readonly at: Point }
  | { readonly type: 'drag'; readonly by: Point }
  /** Two fingers: what one finger had begun is dropped. */
  | { readonly type: 'pinch'; readonly factor: number; readonly at: Point; readonly by: Point };

/**
 * The tool in use and, above it, what interrupts it. While `gripped`, moves shift the picture and the tool waits as it was;
 * no tool knows of it.
 */
export interface Machine {
  readonly tool: string;
  readonly state: unknown;
  readonly gripped: boolean;
  /** Where the hand was last seen while gripped with the button down. */
  readonly last: Point | null;
  /** The button went down while gripped: its release is not the tool's. */
  readonly swallow: boolean;
}

export const startWith = (tool: string): Machine => ({
  tool,
  state: toolOf(tool).idle,
  gripped: false,
  last: null,
  swallow: false,
});

/** Another tool: whatever was in the hand is dropped, nothing was written. */
export const changeTool = (machine: Machine, tool: string): Machine => ({
  ...startWith(tool),
  gripped: machine.gripped,
});

export const inHand = (machine: Machine, world: World): InHand => toolOf(machine.tool).inHand(world, machine.state);

const passedOn = (machine: Machine, world: World, event: ToolEvent): Step<Machine> => {
  const { state, effects } = toolOf(machine.tool).step(world, machine.state, event);
  return stay(state === machine.state ? machine : { ...machine, state }, ...effects);
};

const whileGripped = (machine: Machine, world: World, event: ToolEvent): Step<Machine> => {
  if (event.type === 'down') return stay({ ...machine, last: event.screen, swallow: true });
  if (event.type === 'move') {
    if (machine.last === null) return stay(machine);
    const by = { x: event.screen.x - machine.last.x, y: event.screen.y - machine.last.y };
    return stay({ ...machine, last: event.screen }, { do: 'pan', by });
  }
  if (event.type === 'up' && machine.swallow) return stay({ ...machine, last: null, swallow: false });
  return passedOn(machine, world, event);
};

const grip = (machine: Machine, on: boolean): Step<Machine> =>
  stay(machine.gripped === on ? machine : { ...machine, gripped: on, last: on ? machine.last : null });

const forTool = (machine: Machine, world: World, event: ToolEvent): Step<Machine> => {
  if (machine.gripped) return whileGripped(machine, world, event);
  // After a pinch, or when the browser took the pointer away, no release came: a new press is the tool's again.
  if (event.type === 'down' && machine.swallow) return passedOn({ ...machine, swallow: false }, world, event);
  if (event.type === 'up' && machine.swallow) return stay({ ...machine, swallow: false });
  if (event.type === 'move' && machine.swallow) return stay(machine);
  return passedOn(machine, world, event);
};

const pinched = (machine: Machine, world: World, event: Extract<MachineEvent, { type: 'pinch' }>): Step<Machine> => {
  const dropped = passedOn(machine, world, { type: 'interrupt' });
  const moves: Effect[] = [
    { do: 'pan', by: event.by },
    { do: 'zoom', factor: event.factor, at: event.at },
  ];
  return stay({ ...dropped.state, swallow: true }, ...dropped.effects, ...moves);
};

/** One event: the next machine, and what is to be done. Pure. */
export const send = (machine: Machine, world: World, event: MachineEvent): Step<Machine> => {
  switch (event.type) {
    case 'grip':
      return grip(machine, event.on);
    case 'wheel':
      return stay(machine, { do: 'zoom', factor: event.factor, at: event.at });
    case 'drag':
      return stay(machine, { do: 'pan', by: event.by });
    case 'pinch':
      return pinched(machine, world, event);
    default:
      return forTool(machine, world, event);
  }
};
