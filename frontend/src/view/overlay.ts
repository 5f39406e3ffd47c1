import type { Desk } from '../commands/desk.ts';
import { type Grip, gripsOn } from '../commands/grips.ts';
import { digitOf } from '../commands/labeling.ts';
import { inSight } from '../commands/sight.ts';
import { apply, applyToBox, type Matrix } from '../geometry/matrix.ts';
import type { Box, Point } from '../geometry/plane.ts';
import { type InstanceRecord, isInstance } from '../task-types/question.ts';
import type { Drawing, Path } from '../task-types/task-type.ts';
import type { InHand } from '../tools/tool.ts';
import { HandPixels } from './bitmaps.ts';
import { colourClass, colourOf, inkColour } from './colours.ts';
import { manySelected, tagAt } from './paint.ts';
import { trailOf } from './trail.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** More selected shapes than this are drawn without names: nobody reads 500 tags. */
const MOST_TAGS = 30;
/** Height of a tag, screen px. */
const TAG_HEIGHT = 18;
/** Side of a handle in screen px; smaller where it reaches less far. */
const HANDLE = 9;
const LEAST_HANDLE = 5;
/** Radius of a point, screen px. */
const DOT = 5;

const svgElement = (name: string, classes: string): SVGElement => {
  const element = document.createElementNS(SVG, name);
  element.setAttribute('class', classes);
  return element;
};

const lineOf = ({ points, closed }: Path, m: Matrix): string => {
  const parts: string[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) {
    const { x, y } = apply(m, { x: points[i] ?? 0, y: points[i + 1] ?? 0 });
    parts.push(`${i === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`);
  }
  return parts.join('') + (closed ? 'Z' : '');
};

const boxOf = (box: Box, m: Matrix): string => {
  const { left, top, width, height } = applyToBox(m, box);
  return `M${left.toFixed(2)} ${top.toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}h${(-width).toFixed(2)}Z`;
};

/** Points as small rounds, in screen px. */
const dotsOf = (points: readonly Point[], m: Matrix): string =>
  points
    .map((point) => {
      const { x, y } = apply(m, point);
      return `M${(x - DOT).toFixed(2)} ${y.toFixed(2)}a${DOT} ${DOT} 0 1 0 ${2 * DOT} 0a${DOT} ${DOT} 0 1 0 ${-2 * DOT} 0`;
    })
    .join('');

const pathOf = ({ paths, boxes, dots }: Drawing, m: Matrix): string =>
  paths.map((path) => lineOf(path, m)).join('') +
  boxes.map((box) => boxOf(box, m)).join('') +
  dotsOf(
    (dots ?? []).map(({ at }) => at),
    m,
  );

/** A line has no inside to tint, though SVG would close it for that; rounds alone do. */
const openness = (path = ''): string => (path.includes('L') && !path.includes('Z') ? 'open' : '');

/** What the point under the hand is called, where its class has names for them. */
const nameUnder = (desk: Desk, record: InstanceRecord | undefined): InHand['note'] => {
  if (desk.over.value === null || record === undefined) return null;
  const handle = desk.type.located?.handles(record, desk.question).find(({ name }) => name === desk.over.value);
  return handle?.label === undefined ? null : { text: handle.label, at: handle.at };
};

const tagPlace = (desk: Desk, record: InstanceRecord, m: Matrix): { left: number; top: number } => {
  const { located } = desk.type;
  if (located === undefined) return { left: 0, top: TAG_HEIGHT };
  const place = applyToBox(m, located.bounds(record));
  const { left, foot } = tagAt(located.draw(record, desk.question, desk.viewport.value.scale), place, m);
  return { left, top: Math.max(TAG_HEIGHT, foot) };
};

/** What changes with the hand: the selected shapes, their handles, the shape being made, the crosshair. Screen px. */
export class Overlay {
  readonly element = svgElement('svg', 'hand') as SVGSVGElement;
  readonly tags = document.createElement('div');
  readonly pixels = new HandPixels();
  readonly #trail = svgElement('path', 'trail');
  readonly #casing = svgElement('path', 'casing on');
  readonly #shapes = svgElement('g', '');
  readonly #hover = svgElement('path', 'hovered');
  readonly #handles = svgElement('g', '');
  readonly #note = svgElement('text', 'asked');
  readonly #cross = svgElement('path', 'crosshair');
  readonly #brush = svgElement('rect', 'brush');
  readonly #line = svgElement('path', 'putting');
  readonly #tip = svgElement('circle', 'tip');
  readonly #hints = svgElement('g', '');

  constructor() {
    this.element.setAttribute('aria-hidden', 'true');
    this.tags.setAttribute('aria-hidden', 'true');
    this.tags.className = 'hand-tags';
    this.element.append(
      this.#trail,
      this.#hover,
      this.#casing,
      this.#shapes,
      this.#line,
      this.#handles,
      this.#hints,
      this.#cross,
      this.#note,
      this.#brush,
      this.#tip,
    );
  }

  draw(desk: Desk): void {
    const m = desk.screen();
    const hand = desk.hand.value;
    const held = hand.record;
    const sight = desk.sight.value;
    const selected =
      desk.hidden.value || manySelected(desk)
        ? []
        : desk.selected().filter((record) => record.id !== held?.id && inSight(sight, record));
    const shown = held === null ? selected : [...selected, held];
    this.#drawTrail(desk, shown, m);
    this.#drawShapes(desk, shown, m);
    const free = selected.length === 1 && desk.changeable().length === 1 ? selected[0] : undefined;
    this.#drawHandles(desk, held ?? free, m);
    this.#drawHover(desk, m);
    this.#drawCrosshair(desk, hand.crosshair, m);
    this.#drawNote(nameUnder(desk, held ?? free) ?? hand.note, m);
    this.#drawBrush(hand.brush, m);
    this.#drawLine(hand, m);
    this.#drawTip(hand.tip, m, desk.viewport.value.scale);
    this.#drawHints(hand.hints, m);
    this.#drawTags(desk, shown, held, m);
    const category = desk.question.categories[hand.stroke?.category ?? desk.category.value];
    const ink = hand.stroke?.erase === true || category === undefined;
    this.pixels.draw(hand, m, desk.stage.value, ink ? inkColour() : colourOf(category));
  }

  /** Where the one selected track comes from and goes to. */
  #drawTrail(desk: Desk, records: readonly InstanceRecord[], m: Matrix): void {
    const [record, ...others] = records;
    const only = record !== undefined && others.length === 0 ? record : undefined;
    const trail = only === undefined ? [] : trailOf(desk, only.id);
    this.#trail.setAttribute('d', trail.map(({ line, keys }) => lineOf(line, m) + dotsOf(keys, m)).join(''));
    this.#trail.setAttribute('class', `trail ${colourClass(desk.question.categories[only?.category ?? 0])}`);
  }

  #drawShapes(desk: Desk, records: readonly InstanceRecord[], m: Matrix): void {
    const { located } = desk.type;
    if (located === undefined) return;
    const { scale } = desk.viewport.value;
    const paths = records.map((record) => pathOf(located.draw(record, desk.question, scale), m));
    this.#casing.setAttribute('d', paths.join(''));
    while (this.#shapes.childElementCount > records.length) this.#shapes.lastElementChild?.remove();
    records.forEach((record, i) => {
      let path = this.#shapes.children[i];
      if (path === undefined) {
        path = svgElement('path', '');
        path.setAttribute('fill-rule', 'evenodd');
        this.#shapes.append(path);
      }
      path.setAttribute(
        'class',
        `shape on ${openness(paths[i])} ${desk.film?.occludedHere(record.id) === true ? 'occluded' : ''} ${colourClass(desk.question.categories[record.category])}`,
      );
      path.setAttribute('d', paths[i] ?? '');
    });
  }

  #drawHandles(desk: Desk, record: InstanceRecord | undefined, m: Matrix): void {
    const { located } = desk.type;
    const inDocument = record !== undefined && desk.seen.get(record.id) !== undefined;
    const grips: readonly Grip[] = inDocument && located !== undefined ? gripsOn(desk, located, record) : [];
    while (this.#handles.childElementCount > grips.length) this.#handles.lastElementChild?.remove();
    grips.forEach(({ name, at, reach, look }, i) => {
      let rect = this.#handles.children[i];
      if (rect === undefined) {
        rect = svgElement('rect', 'handle');
        this.#handles.append(rect);
      }
      rect.setAttribute('class', `handle ${look ?? ''} ${name === desk.point.value ? 'in-use' : ''}`);
      rect.setAttribute('rx', look === undefined ? '0' : String(HANDLE / 2));
      const side = Math.min(HANDLE, Math.max(LEAST_HANDLE, Math.min(reach.x, reach.y)));
      const { x, y } = apply(m, at);
      rect.setAttribute('width', String(side));
      rect.setAttribute('height', String(side));
      rect.setAttribute('x', String(x - side / 2));
      rect.setAttribute('y', String(y - side / 2));
    });
  }

  #drawHover(desk: Desk, m: Matrix): void {
    const record = desk.hover.value === null ? undefined : desk.seen.get(desk.hover.value);
    const { located } = desk.type;
    const on = located !== undefined && isInstance(record) && !desk.selection.value.includes(record.id);
    const path = on ? pathOf(located.draw(record, desk.question, desk.viewport.value.scale), m) : '';
    this.#hover.setAttribute('d', path);
    if (on) {
      const colour = colourClass(desk.question.categories[record.category]);
      this.#hover.setAttribute('class', `hovered ${openness(path)} ${colour}`);
    }
  }

  /** The name of the point under the hand, or of the one that is asked for, beside it. */
  #drawNote(note: InHand['note'], m: Matrix): void {
    const place = note?.at == null ? null : apply(m, note.at);
    this.#note.textContent = place === null ? '' : (note?.text ?? '');
    this.#note.setAttribute('x', String((place?.x ?? 0) + 12));
    this.#note.setAttribute('y', String((place?.y ?? 0) - 10));
  }

  #drawCrosshair(desk: Desk, at: Point | null, m: Matrix): void {
    const { width, height } = desk.stage.value;
    const p = at === null ? null : apply(m, at);
    this.#cross.setAttribute(
      'd',
      p === null ? '' : `M0 ${p.y}H${width}M${p.x} 0V${height}M${p.x - 7} ${p.y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`,
    );
  }

  #drawBrush(box: Box | null, m: Matrix): void {
    const place = box === null ? { left: 0, top: 0, width: 0, height: 0 } : applyToBox(m, box);
    this.#brush.setAttribute('x', String(place.left));
    this.#brush.setAttribute('y', String(place.top));
    this.#brush.setAttribute('width', String(place.width));
    this.#brush.setAttribute('height', String(place.height));
  }

  #drawLine({ line, seeds }: InHand, m: Matrix): void {
    const points = (line ?? []).flatMap(({ x, y }) => [x, y]);
    this.#line.setAttribute('d', lineOf({ points, closed: false }, m) + dotsOf(line === null ? [] : seeds, m));
  }

  #drawTip(tip: { readonly at: Point; readonly radius: number } | null, m: Matrix, scale: number): void {
    const { x, y } = tip === null ? { x: 0, y: 0 } : apply(m, tip.at);
    this.#tip.setAttribute('cx', String(x));
    this.#tip.setAttribute('cy', String(y));
    this.#tip.setAttribute('r', String(tip === null ? 0 : tip.radius * scale));
  }

  #drawHints(hints: readonly { readonly at: Point; readonly inside: boolean }[], m: Matrix): void {
    this.#hints.replaceChildren(
      ...hints.map(({ at, inside }) => {
        const { x, y } = apply(m, at);
        const mark = svgElement('path', inside ? 'hint inside' : 'hint outside');
        mark.setAttribute('d', `M${x - 5} ${y}h10${inside ? `M${x} ${y - 5}v10` : ''}`);
        return mark;
      }),
    );
  }

  #drawTags(desk: Desk, records: readonly InstanceRecord[], held: InstanceRecord | null, m: Matrix): void {
    const { located } = desk.type;
    const few = located === undefined || records.length > MOST_TAGS ? [] : records;
    while (this.tags.childElementCount > few.length) this.tags.lastElementChild?.remove();
    few.forEach((record, i) => {
      let tag = this.tags.children[i] as HTMLElement | undefined;
      if (tag === undefined) {
        tag = document.createElement('span');
        this.tags.append(tag);
      }
      const category = desk.question.categories[record.category];
      const digit = category === undefined ? '' : digitOf(category, desk.question.categories);
      const size = record === held ? ` ${located?.measure(record) ?? ''}` : '';
      tag.className = `tag on ${colourClass(category)}`;
      tag.textContent = `${digit} ${desk.nameOf(record)}${size}`.trim();
      const { left, top } = tagPlace(desk, record, m);
      tag.style.left = `${left}px`;
      tag.style.top = `${top}px`;
    });
  }
}
