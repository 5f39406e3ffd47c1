import { addTools } from './machine.ts';
import type { Tool } from './tool.ts';

const points = async (): Promise<readonly Tool[]> => (await import('./points.ts')).POINTS_TOOLS;
const keypoint = async (): Promise<readonly Tool[]> => [(await import('./keypoint.ts')).keypointTool];
const brushes = async (): Promise<readonly Tool[]> => {
  const { brush, eraser } = await import('./brush.ts');
  return [brush, eraser];
};
const fill = async (): Promise<readonly Tool[]> => [(await import('./fill.ts')).fill];
const magnetic = async (): Promise<readonly Tool[]> => [(await import('./magnetic.ts')).magnetic];
const prompting = async (): Promise<readonly Tool[]> => {
  const { grabcut, model } = await import('./prompting.ts');
  return [grabcut, model];
};

/** Where the tools are that not every page needs, by their ids. A new one is a file beside these and a line here. */
const LATER: Readonly<Record<string, () => Promise<readonly Tool[]>>> = {
  extreme: points,
  polygon: points,
  polyline: points,
  keypoint,
  brush: brushes,
  eraser: brushes,
  fill,
  magnetic,
  grabcut: prompting,
  model: prompting,
};

/** Bring the tools with these ids. */
export const loadTools = async (ids: readonly string[]): Promise<void> => {
  const loaders = new Set(ids.flatMap((id) => LATER[id] ?? []));
  for (const tools of await Promise.all([...loaders].map((load) => load()))) addTools(tools);
};

/** All of them: for tests. */
export const loadAllTools = (): Promise<void> => loadTools(Object.keys(LATER));
