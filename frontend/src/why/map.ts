import { effect } from '@preact/signals-core';
import type { Desk } from '../commands/desk.ts';
import { signed } from './reasons.ts';

const SVG = 'http://www.w3.org/2000/svg';

const element = (name: string, facts: Readonly<Record<string, string | number>>): SVGElement => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, String(value));
  return made;
};

/** Below this share of the strongest a region stays clear; from the other on it shows its number. */
const FAINT = 0.08;
const NUMBERED = 0.4;

/** Stripes, so that what speaks against is told from what speaks for without its colour. */
const stripes = (width: number): SVGElement => {
  const pattern = element('pattern', {
    id: 'why-stripes',
    width,
    height: width,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  pattern.append(element('rect', { width: width / 2, height: width, class: 'contra' }));
  return pattern;
};

/**
 * Lay the regions over a picture, as it stands upright: they keep to it while it is moved and zoomed. `strength` is the opacity of the
 * strongest. Returns how to take it away.
 */
export const layMap = (
  stage: HTMLElement,
  desk: Desk,
  regions: readonly (readonly number[])[],
): { strength(share: number): void; close(): void } => {
  const { width, height } = desk.picture;
  const [across, down] = [width / (regions[0]?.length ?? 1), height / regions.length];
  const most = Math.max(...regions.flat().map(Math.abs), 1e-9);
  const svg = element('svg', { class: 'why-map', 'aria-hidden': 'true' });
  const picture = element('g', {});
  const washes = element('g', {});
  const definitions = element('defs', {});
  definitions.append(stripes(Math.min(across, down) / 4));
  picture.append(definitions, washes);
  const numbers: { text: SVGElement; x: number; y: number }[] = [];
  regions.forEach((row, y) => {
    row.forEach((weight, x) => {
      const share = Math.abs(weight) / most;
      if (share < FAINT) return;
      const place = { x: x * across, y: y * down, width: across, height: down };
      washes.append(element('rect', { ...place, class: weight > 0 ? 'pro' : 'against', 'fill-opacity': share }));
      if (share < NUMBERED) return;
      const text = element('text', {});
      text.textContent = signed(weight);
      numbers.push({ text, x: (x + 0.5) * across, y: (y + 0.5) * down });
    });
  });
  svg.append(picture, ...numbers.map(({ text }) => text));
  stage.append(svg);
  // The numbers keep their size whatever the zoom.
  const stop = effect(() => {
    const { scale, x, y } = desk.viewport.value;
    picture.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
    for (const number of numbers) {
      number.text.setAttribute('x', String(x + number.x * scale));
      number.text.setAttribute('y', String(y + number.y * scale));
      number.text.style.display = across * scale < 34 ? 'none' : '';
    }
  });
  return {
    strength: (share) => {
      washes.style.opacity = String(share);
    },
    close: () => {
      stop();
      svg.remove();
    },
  };
};
