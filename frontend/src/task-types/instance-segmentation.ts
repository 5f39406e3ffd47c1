import { t } from '../i18n.ts';
import { painted } from './painted.ts';
import { Fault } from './validation.ts';

/** The pictures that answers are exported as number their masks with 8 bits. */
const MOST = 255;

/** A mask for each thing; masks may overlap. */
export const instanceSegmentation = painted('instance-segmentation', false, (records) => {
  if (records.length > MOST) {
    throw new Fault('/instances', t('More than %(n)s masks. Leave the least important ones out.', { n: MOST }));
  }
});
