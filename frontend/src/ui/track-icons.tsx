/** Icons that only films need, and that come with them. */
const ICONS = {
  absent:
    'M3.500 8a4.500 4.500 0 019 0M12.500 10a4.500 4.500 0 01-1.300 1.700M6 12.100A4.500 4.500 0 013.800 9.800M2.500 13.500l11-11',
  byclass: 'M2.500 3.500h3v3h-3zM2.500 9.500h3v3h-3zM8 5h5.500M8 11h5.500',
  byfirst: 'M2.500 4h6M5 8h6M8 12h5.500',
  down: 'M4 6l4 4 4-4',
  end: 'M2.500 8h7.500M7.500 5.500L10 8l-2.500 2.500M13 3.500v9',
  hidden: 'M3.500 3.500h9v9h-9zM3.500 8L8 3.500M3.500 12.500l9-9M8 12.500L12.500 8',
  key: 'M8 2.500L12.500 8 8 13.500 3.500 8z',
  link: 'M6.800 9.200l2.500-2.500M7.300 4.800l1.300-1.300a2.700 2.700 0 013.900 3.900l-1.300 1.300M8.700 11.200l-1.300 1.300a2.700 2.700 0 01-3.900-3.900l1.300-1.300',
  split: 'M8 2v12M5.500 5.500L3 8l2.500 2.500M10.500 5.500L13 8l-2.500 2.500',
  unkey: 'M10.300 5.300L12.500 8 8 13.500 3.500 8 8 2.500M10.500 3.500h4',
  up: 'M4 10l4-4 4 4',
} as const;

export type FilmIconName = keyof typeof ICONS;

export const FilmIcon = ({ name }: { readonly name: FilmIconName }) => (
  <svg class="i" viewBox="0 0 16 16" aria-hidden="true">
    <path d={ICONS[name]} />
  </svg>
);
