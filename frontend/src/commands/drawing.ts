import type { Point } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import { addCopies, cycle, mediaStep, nudge, removeSelected } from './acts.ts';
import type { Command, Context } from './registry.ts';

const drawn = ({ desk }: Context): boolean => desk.type.located !== undefined;
const some = (context: Context): boolean => drawn(context) && context.desk.selection.value.length > 0;
const aiming = ({ desk }: Context): boolean => desk.hand.value.crosshair !== null;

const offers =
  (id: string) =>
  ({ desk }: Context): boolean =>
    desk.type.located !== undefined && (id === 'select' || desk.tools.includes(id));

const tool = (id: string, title: string, key: string): Command => ({
  id,
  title,
  group: 'draw',
  keys: [key],
  when: offers(id),
  belongs: offers(id),
  run: ({ desk }) => {
    desk.useTool(id);
  },
});

/** By key a drawing tool shows its crosshair at once, so that the next Enter puts a point. */
const aimed = (id: string, title: string, key: string): Command => ({
  ...tool(id, title, key),
  run: ({ desk }) => {
    desk.useTool(id);
    desk.send({ type: 'aim' });
    if (desk.hand.value.crosshair !== null) {
      desk.said.value = t('Crosshair in the middle. Arrow keys move it, Enter puts a point.');
    }
  },
});

/** The same key again asks another model server, where there are several. */
const modelTool = (): Command => {
  const taken = aimed('model', t('Let a model outline a thing'), 'Alt+t');
  return {
    ...taken,
    when: (context) => (context.host.models?.chosen ?? '') !== '' && taken.when(context),
    run: (context) => {
      const { desk, host } = context;
      if (desk.tool === 'model') desk.said.value = host.models?.next() ?? '';
      else taken.run(context);
    },
  };
};

export const directions = (): readonly (readonly [string, Point, string])[] => [
  ['Left', { x: -1, y: 0 }, t('left')],
  ['Right', { x: 1, y: 0 }, t('right')],
  ['Up', { x: 0, y: -1 }, t('up')],
  ['Down', { x: 0, y: 1 }, t('down')],
];

export const scaled = ({ x, y }: Point, by: number): Point => ({ x: x * by, y: y * by });

const sayCrosshair = ({ desk }: Context): void => {
  const { crosshair, record } = desk.hand.value;
  if (crosshair === null) return;
  desk.said.value =
    record === null
      ? `${Math.round(crosshair.x)}, ${Math.round(crosshair.y)}`
      : (desk.type.located?.measure(record) ?? '');
};

const steps = (): Command[] =>
  directions().flatMap(([name, by, word]) =>
    (
      [
        ['', 1, ''],
        ['Shift+', 10, t(', 10 px')],
        ['Ctrl+', 100, t(', 100 px')],
      ] as const
    ).flatMap(([prefix, px, far]): Command[] => [
      {
        id: `crosshair-${name.toLowerCase()}-${px}`,
        title: t('Crosshair %(way)s%(far)s', { way: word, far }),
        group: 'draw',
        keys: [`${prefix}Arrow${name}`],
        when: aiming,
        run: (context) => {
          context.desk.send({ type: 'step', by: mediaStep(context.desk, scaled(by, px)) });
          sayCrosshair(context);
        },
      },
      {
        id: `move-${name.toLowerCase()}-${px}`,
        title: t('Move %(way)s%(far)s', { way: word, far }),
        group: 'draw',
        keys: [`${prefix}Arrow${name}`],
        when: (context) => some(context) && !aiming(context),
        run: ({ desk }) => nudge(desk, scaled(by, px), false),
      },
      ...(px === 100
        ? []
        : [
            {
              id: `size-${name.toLowerCase()}-${px}`,
              title: t('Resize %(way)s%(far)s', { way: word, far }),
              group: 'draw' as const,
              keys: [px === 1 ? `Alt+Arrow${name}` : `Alt+Shift+Arrow${name}`],
              when: some,
              run: ({ desk }: Context) => nudge(desk, scaled(by, px), true),
            },
          ]),
    ]),
  );

export const drawingCommands = (): Command[] => [
  tool('select', t('Select and move'), 'v'),
  aimed('box', t('Draw a box'), 'b'),
  aimed('extreme', t('Draw a box by its four outermost points'), 'Shift+b'),
  aimed('polygon', t('Draw an outline'), 'p'),
  aimed('polyline', t('Draw a line'), 'l'),
  aimed('keypoint', t('Put points'), 'k'),
  aimed('ellipse', t('Draw an ellipse'), 'd'),
  aimed('brush', t('Paint with the brush'), 'm'),
  aimed('eraser', t('Erase'), 'e'),
  aimed('fill', t('Fill what is enclosed'), 'u'),
  aimed('magnetic', t('Draw an outline that clings to edges'), 't'),
  aimed('grabcut', t('Cut a thing out of a box'), 'Shift+t'),
  modelTool(),
  {
    id: 'place-outside',
    title: t('Hint at the crosshair that this is not part of it'),
    group: 'draw',
    keys: ['Alt+Enter'],
    when: (context) =>
      aiming(context) && context.desk.hand.value.hints.length + Number(context.desk.hand.value.open) > 0,
    run: ({ desk }) => desk.send({ type: 'place', outside: true }),
  },
  {
    id: 'finish',
    title: t('Finish the line or outline'),
    group: 'draw',
    keys: ['Enter'],
    when: ({ desk }) => desk.hand.value.open,
    run: ({ desk }) => desk.send({ type: 'finish' }),
  },
  {
    id: 'back',
    title: t('Take the last point back'),
    group: 'draw',
    keys: ['Backspace'],
    when: ({ desk }) => desk.hand.value.open,
    run: ({ desk }) => desk.send({ type: 'back' }),
  },
  {
    id: 'place',
    title: t('Put a point at the crosshair'),
    group: 'draw',
    keys: ['Enter', 'Space'],
    when: aiming,
    run: (context) => {
      const { desk } = context;
      const before = desk.list.value.length;
      const heard = desk.said.value;
      desk.send({ type: 'place' });
      const added = desk.list.value.length > before ? desk.list.value.at(-1) : undefined;
      if (added !== undefined) desk.said.value = desk.type.describe(added, desk.question);
      else if (desk.said.value === heard) desk.said.value = t('Point put. Arrow keys move on to the next one.');
    },
  },
  ...steps(),
  {
    id: 'next',
    title: t('Next object'),
    group: 'label',
    keys: ['Tab'],
    when: (context) => drawn(context) && !aiming(context),
    run: ({ desk }) => cycle(desk, 1),
  },
  {
    id: 'previous',
    title: t('Object before'),
    group: 'label',
    keys: ['Shift+Tab'],
    when: (context) => drawn(context) && !aiming(context),
    run: ({ desk }) => cycle(desk, -1),
  },
  {
    id: 'remove',
    title: t('Remove'),
    group: 'draw',
    keys: ['Delete', 'Backspace'],
    when: some,
    run: ({ desk }) => removeSelected(desk),
  },
  {
    id: 'duplicate',
    title: t('Duplicate'),
    group: 'draw',
    keys: ['Ctrl+d'],
    when: some,
    run: ({ desk }) => addCopies(desk, desk.selected(), { x: 10, y: 10 }),
  },
  {
    id: 'copy',
    title: t('Copy'),
    group: 'draw',
    keys: ['Ctrl+c'],
    when: some,
    run: ({ desk, host }) => {
      host.clipboard = desk.selected();
      desk.said.value = t('Copied');
    },
  },
  {
    id: 'paste',
    title: t('Paste in the same place'),
    group: 'draw',
    keys: ['Ctrl+v'],
    when: (context) => drawn(context) && context.host.clipboard.length > 0,
    run: ({ desk, host }) => addCopies(desk, host.clipboard, { x: 0, y: 0 }),
  },
];
