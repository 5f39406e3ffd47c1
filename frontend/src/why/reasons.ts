import { t } from '../i18n.ts';

/** A place in the text, in code points, and how far it moves the class: log-odds, below 0 against it. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

/** Why one class is proposed: `expected`, everything shown and `rest` add up to `margin`. */
export interface Reasons {
  readonly category: number;
  readonly expected: number;
  readonly margin: number;
  readonly rest: number;
  readonly words: readonly Word[];
  /** Of an upright picture, row by row. */
  readonly regions: readonly (readonly number[])[] | null;
}

export interface Why {
  readonly model: string;
  readonly reasons: readonly Reasons[];
}

/** Something that has a name, and its weight. */
export interface Named {
  readonly name: string;
  readonly weight: number;
}

/** "+1.62", with a minus sign that is one. */
export const signed = (weight: number): string => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)}`;

/** 1 to 4: how strong beside the strongest. */
export const levelOf = (weight: number, most: number): number =>
  most === 0 ? 1 : Math.min(4, 1 + Math.floor((Math.abs(weight) / most) * 3.999));

/** The places of code points in UTF-16, for `at` in ascending order. */
export const unitsAt = (text: string, at: readonly number[]): number[] => {
  const units: number[] = [];
  let point = 0;
  let unit = 0;
  for (const wanted of at) {
    while (point < wanted && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.push(unit);
  }
  return units;
};

/** Words with their places in UTF-16. */
export const placed = (text: string, words: readonly Word[]): Word[] => {
  const units = unitsAt(
    text,
    words.flatMap(({ start, end }) => [start, end]),
  );
  return words.map(({ weight }, i) => ({ start: units[2 * i] ?? 0, end: units[2 * i + 1] ?? 0, weight }));
};

/** Each word once, whatever its capitals, with what it adds up to. */
export const gathered = (text: string, words: readonly Word[]): Named[] => {
  const sums = new Map<string, number>();
  for (const { start, end, weight } of placed(text, words)) {
    const name = text.slice(start, end).toLowerCase();
    sums.set(name, (sums.get(name) ?? 0) + weight);
  }
  return [...sums].map(([name, weight]) => ({ name, weight }));
};

/** Which of three parts a row or column lies in. */
const third = (place: number, count: number): number => Math.min(2, Math.floor(((place + 0.5) / count) * 3));

/** The nine parts of a picture by name, with what their regions add up to: the map, for those who can't see it. */
export const parts = (regions: readonly (readonly number[])[]): Named[] => {
  const names = [
    [t('upper left'), t('top'), t('upper right')],
    [t('left'), t('middle'), t('right')],
    [t('lower left'), t('bottom'), t('lower right')],
  ];
  const sums = names.map((row) => row.map((name) => ({ name, weight: 0 })));
  regions.forEach((row, y) => {
    row.forEach((weight, x) => {
      const part = sums[third(y, regions.length)]?.[third(x, row.length)];
      if (part !== undefined) part.weight += weight;
    });
  });
  return sums.flat();
};

/** What speaks for a class and what against it, the strongest first. */
export const sides = (named: readonly Named[], most: number): { pro: Named[]; contra: Named[] } => {
  const sorted = [...named].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const shown = sorted.filter(({ weight }) => Math.abs(weight) >= 0.005);
  return {
    pro: shown.filter(({ weight }) => weight > 0).slice(0, most),
    contra: shown.filter(({ weight }) => weight < 0).slice(0, most),
  };
};

/** What a screen reader says: "Speaks for Sport: goal, match, cup; against: court". */
export const spoken = (name: string, pro: readonly Named[], contra: readonly Named[]): string => {
  const list = (named: readonly Named[]): string => named.map((one) => one.name).join(', ') || t('nothing');
  return t('Speaks for %(name)s: %(pro)s; against: %(contra)s', { name, pro: list(pro), contra: list(contra) });
};
