import type { Remaps } from '../commands/registry.ts';
import type { Catalog } from '../i18n.ts';

/** What the page hands in as JSON: enough to start; everything else is asked of the API. */
export interface Boot {
  readonly api: string;
  readonly csrf: string;
  readonly job: {
    readonly id: number;
    readonly name: string;
    readonly task_type: string;
    readonly title: string;
    readonly instructions: { readonly version: number; readonly html: string } | null;
    readonly lease_seconds: number;
    readonly submit_on_digit: boolean;
  };
  readonly me: { readonly id: number; readonly name: string };
  readonly progress: { readonly today: number; readonly done: number; readonly open: number };
  readonly urls: { readonly leave: string };
  readonly keys: Remaps;
  readonly purpose: string;
  /** Names of the model servers that can be asked. */
  readonly models?: readonly string[];
  readonly i18n?: { readonly catalog: Catalog };
}
