import { arrangingCommands } from './arranging.ts';
import { drawingCommands } from './drawing.ts';
import { finishingCommands } from './finishing.ts';
import { labelingCommands } from './labeling.ts';
import { lookingCommands } from './looking.ts';
import { outlineCommands } from './outlines.ts';
import { paintingCommands } from './painting.ts';
import { pointCommands } from './points.ts';
import type { Command } from './registry.ts';

/** Everything a person can do in the editor. Made when the texts' catalog is known. */
export const allCommands = (): Command[] => [
  ...pointCommands(),
  ...drawingCommands(),
  ...outlineCommands(),
  ...paintingCommands(),
  ...labelingCommands(),
  ...arrangingCommands(),
  ...lookingCommands(),
  ...finishingCommands(),
];
