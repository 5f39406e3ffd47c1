import { arrangingCommands } from './arranging.ts';
import { drawingCommands } from './drawing.ts';
import { finishingCommands } from './finishing.ts';
import { labelingCommands } from './labeling.ts';
import { lookingCommands } from './looking.ts';
import { paintingCommands } from './painting.ts';
import { pointCommands } from './points.ts';
import type { Command } from './registry.ts';

/** Everything a person can do in the editor, but for what one kind of question alone knows (see `app.ts`). Made when the texts' catalog is known. */
export const allCommands = (): Command[] => [
  ...pointCommands(),
  ...drawingCommands(),
  ...paintingCommands(),
  ...labelingCommands(),
  ...arrangingCommands(),
  ...lookingCommands(),
  ...finishingCommands(),
];
