import type { components } from '../api/schema.gen.ts';
import type { Answered, Glanced, Held, Lease, Leases, Page, PageHeld, Pages, PageTaken } from './wire.ts';

/**
 * Compiles only while what the editor reads is what the API's schema says: `wire.ts` knows more of the inner shapes than
 * OpenAPI can say, but may not name a field that the API doesn't send, nor give a plain one another type.
 */
type Schemas = components['schemas'];
type Plain = string | number | boolean;
type Unknown<Wire, Reply> = Exclude<keyof Wire, keyof Reply>;
type Differs<Wire, Reply> = {
  [K in keyof Wire & keyof Reply]: Wire[K] extends Plain ? (Reply[K] extends Wire[K] ? never : K) : never;
}[keyof Wire & keyof Reply];
type Agrees<Wire, Reply> = [Unknown<Wire, Reply> | Differs<Wire, Reply>] extends [never] ? true : never;

export type Checked = [
  Agrees<Lease, Schemas['LeaseOut']>,
  Agrees<Leases, Schemas['LeasesOut']>,
  Agrees<Held, Schemas['HeldOut']>,
  Agrees<Answered, Schemas['AnswerOut']>,
  Agrees<Pages, Schemas['LeasesOut']>,
  Agrees<Page, Schemas['PageOut']>,
  Agrees<Glanced, Schemas['GlancedOut']>,
  Agrees<PageHeld, Schemas['PageHeldOut']>,
  Agrees<PageTaken, Schemas['PageTakenOut']>,
];
export const checked: Checked = [true, true, true, true, true, true, true, true, true];
