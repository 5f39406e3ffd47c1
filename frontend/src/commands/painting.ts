import { type Signal, signal } from '@preact/signals-core';
import { clamp, type Size } from '../geometry/plane.ts';
import { t } from '../i18n.ts';
import type { Desk } from './desk.ts';
import type { Command, Context } from './registry.ts';

/** How a person paints, whatever is painted. */
export interface Paint {
  /** Of the brush, px of the stored file. */
  readonly radius: Signal<number>;
  /** A new stroke takes its pixels from the other shapes. */
  readonly apart: Signal<boolean>;
  /** How much of the picture the shapes' pixels cover, [0, 1]. */
  readonly opacity: Signal<number>;
}

const LEAST = 0.5;

/** A brush that fits the picture, until the person chooses another. */
export const paintFor = ({ width, height }: Size): Paint => ({
  radius: signal(Math.max(2, Math.round(Math.max(width, height) / 60))),
  apart: signal(false),
  opacity: signal(0.4),
});

/** The brush smaller or larger by a factor, by half a px at least. */
export const resizeBrush = ({ paint, picture }: Desk, factor: number): void => {
  const now = paint.radius.value;
  const wanted = Math.round(now * factor * 2) / 2;
  const moved = wanted === now ? now + (factor > 1 ? LEAST : -LEAST) : wanted;
  paint.radius.value = clamp(moved, LEAST, Math.max(picture.width, picture.height) / 2);
};

/** With a tool in the hand that paints: the class that it puts from now on. Where a class has no shape of its own a new one begins. */
export const paintClass = (desk: Desk, category: number): boolean => {
  const { painting } = desk.type.located ?? {};
  if (painting === undefined || desk.tool === 'select') return false;
  desk.category.value = category;
  const own = painting.oneEachClass ? desk.list.value.find((record) => record.category === category) : undefined;
  desk.select(own === undefined ? [] : [own.id]);
  return true;
};

const hasBrush = ({ desk }: Context): boolean => desk.tools.includes('brush');
const paints = ({ desk }: Context): boolean => desk.type.located?.painting !== undefined;
const things = (context: Context): boolean =>
  paints(context) && context.desk.type.located?.painting?.oneEachClass === false;

const sized = (id: string, title: string, key: string, factor: number): Command => ({
  id,
  title,
  group: 'draw',
  keys: [key],
  when: hasBrush,
  run: ({ desk }) => {
    resizeBrush(desk, factor);
    desk.said.value = t('Brush %(n)s px', { n: 2 * desk.paint.radius.value });
  },
});

/** Outlines alone, or more and more of the tint. */
const STEPS = [0, 0.2, 0.4, 0.7];

export const paintingCommands = (): Command[] => [
  sized('brush-smaller', t('Smaller brush'), '[', 1 / 1.25),
  sized('brush-larger', t('Larger brush'), ']', 1.25),
  {
    id: 'next-mask',
    title: t('Begin another object'),
    group: 'draw',
    keys: ['n'],
    when: things,
    run: ({ desk }) => {
      desk.select([]);
      desk.said.value = t('The next stroke begins another object.');
    },
  },
  {
    id: 'apart',
    title: t('Keep objects apart, or let them overlap'),
    group: 'draw',
    keys: ['Shift+n'],
    when: things,
    run: ({ desk }) => {
      const { apart } = desk.paint;
      apart.value = !apart.value;
      desk.said.value = apart.value ? t('A stroke takes its pixels from other objects.') : t('Objects may overlap.');
    },
  },
  {
    id: 'opacity',
    title: t('Masks lighter or stronger'),
    group: 'look',
    keys: ['Shift+o'],
    when: paints,
    run: ({ desk }) => {
      const { opacity } = desk.paint;
      opacity.value = STEPS.find((step) => step > opacity.value + 0.01) ?? STEPS[0] ?? 0;
      desk.said.value = t('Masks cover %(n)s %', { n: Math.round(opacity.value * 100) });
    },
  },
];
