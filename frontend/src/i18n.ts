/** Every text that a person reads goes through `t`. The catalog is gettext's, handed in with the boot JSON. */

export type Catalog = Readonly<Record<string, string | readonly string[]>>;
type Values = Readonly<Record<string, string | number>>;

let catalog: Catalog = {};
let pluralOf = (n: number): number => (n === 1 ? 0 : 1);

/** `plural` names the form for a count, as the catalog's language has it (an Intl.PluralRules would do). */
export const useCatalog = (entries: Catalog, plural?: (n: number) => number): void => {
  catalog = entries;
  if (plural !== undefined) pluralOf = plural;
};

const filled = (text: string, values: Values): string =>
  text.replace(/%\((\w+)\)s/g, (whole, name: string) => String(values[name] ?? whole));

export const t = (text: string, values: Values = {}): string => {
  const found = catalog[text];
  return filled(typeof found === 'string' ? found : (found?.[0] ?? text), values);
};

/** One text for a count: `tn('%(n)s object', '%(n)s objects', 3)`. */
export const tn = (one: string, many: string, n: number, values: Values = {}): string => {
  const found = catalog[one];
  const form = pluralOf(n);
  const text = Array.isArray(found) ? (found[form] as string | undefined) : undefined;
  return filled(text ?? (n === 1 ? one : many), { n, ...values });
};

/** 0.934 -> "93 %", with a narrow space. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;
