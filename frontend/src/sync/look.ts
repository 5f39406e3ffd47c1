import type { Viewport } from '../geometry/viewport.ts';
import type { Opened } from '../ui/room.ts';

/** How the person looked at an object, over a reload: where, with which tool and class. */
interface Look {
  readonly assignment: number;
  readonly viewport: Viewport | null;
  readonly tool: string;
  readonly category: number;
  /** Of a film: the frame that was looked at. */
  readonly frame?: number;
}

const KEY = 'touchstone-look';

export const rememberLook = ({ assignment, desk }: Opened): void => {
  const look: Look = {
    assignment,
    viewport: desk.fits ? null : desk.viewport.value,
    tool: desk.tool,
    category: desk.category.value,
    ...(desk.film === null ? {} : { frame: desk.film.wanted.value }),
  };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // Storage is switched off: the picture is fitted again, that is all.
  }
};

const remembered = (): Look | null => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Look | null;
  } catch {
    return null;
  }
};

export const lookAsBefore = ({ assignment, desk }: Opened): void => {
  const look = remembered();
  if (look === null || look.assignment !== assignment) return;
  desk.useTool(look.tool);
  desk.category.value = look.category;
  if (desk.film !== null && look.frame !== undefined) desk.film.wanted.value = look.frame;
  if (look.viewport !== null) desk.wish(look.viewport);
};
