import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { Held } from '../assist/warm.ts';
import type { Desk } from '../commands/desk.ts';
import { allCommands } from '../commands/index.ts';
import { type Looks, rememberedLooks } from '../commands/looking.ts';
import type { Command, Context, Host, Models, PanelName, Player, Remaps } from '../commands/registry.ts';
import { Registry } from '../commands/registry.ts';
import { t } from '../i18n.ts';
import type { ClipSource } from '../media/clip-source.ts';
import type { FilmPlayer } from '../media/film-player.ts';
import type { FilmSource } from '../media/film-source.ts';
import type { Source } from '../media/source.ts';
import type { InstanceRecord } from '../task-types/question.ts';
import type { Boot } from './boot.ts';

/** One data object, opened. */
export interface Opened {
  readonly assignment: number;
  readonly name: string;
  readonly desk: Desk;
  readonly source: Source;
  /** What gives the right to ask a model server about it. */
  readonly lease: Held['lease'];
}

export type Phase = 'loading' | 'open' | 'empty' | 'failed' | 'gone';

/** A sentence on what is so and one on what to do. */
export interface Notice {
  readonly tone: 'warn' | 'bad' | 'plain';
  readonly what: string;
  readonly todo: string;
  readonly actions: readonly { readonly label: string; run(): void }[];
  /** It speaks of the object as it is, and goes with the next change. */
  readonly until?: 'change';
}

export interface Saving {
  readonly state: 'saved' | 'saving' | 'offline';
  /** Answers that are kept on this machine and not yet acknowledged. */
  readonly waiting: number;
}

/** What the panels may ask for; `sync/` does it. */
export interface Session {
  submit(andStop: boolean): void;
  skip(reason: string): void;
  takeBack(): boolean;
  leave(): void;
  retry(): void;
  /** Keep the person's own keys; fails where they can't be kept. */
  saveKeys(keys: Readonly<Record<string, readonly string[]>>): Promise<unknown>;
}

const NO_SESSION: Session = {
  submit: () => undefined,
  skip: () => undefined,
  takeBack: () => false,
  leave: () => undefined,
  retry: () => undefined,
  saveKeys: () => Promise.resolve(),
};

/** An attribute that needs filling in: a new object each time, so that asking again is heard. */
export interface Asked {
  readonly of: 'object' | 'instance';
  readonly name: string;
}

/** The editor around the desks: what is open, what is said, which panel stands open. */
export class Room implements Host {
  readonly boot: Boot;
  /** How the pictures of this job are shown. */
  readonly looks: Signal<Looks>;
  /** The person's own keys; the commands follow them. */
  readonly keys: Signal<Remaps>;
  readonly #registry: ReadonlySignal<Registry>;
  readonly #commands: Signal<readonly Command[]> = signal(allCommands());
  readonly opened: Signal<Opened | null> = signal(null);
  readonly phase: Signal<Phase> = signal<Phase>('loading');
  /** Why nothing is open. */
  readonly reason: Signal<{ readonly what: string; readonly todo: string } | null> = signal(null);
  readonly saving: Signal<Saving> = signal<Saving>({ state: 'saved', waiting: 0 });
  readonly notices: Signal<readonly Notice[]> = signal([]);
  readonly toast: Signal<{ readonly text: string; readonly action?: { label: string; run(): void } } | null> =
    signal(null);
  readonly panel: Signal<PanelName | null> = signal(null);
  /** The instructions stand open beside the work. */
  readonly reading: Signal<boolean> = signal(false);
  /** Until when the lease runs, as a moment in ms; null once it is lost. */
  readonly until: Signal<number | null> = signal(null);
  readonly today: Signal<number>;
  readonly done: Signal<number>;
  session: Session = NO_SESSION;
  clipboard: readonly InstanceRecord[] = [];
  previous: readonly InstanceRecord[] = [];
  /** The field that submitting has found wrong. */
  readonly asked: Signal<Asked | null> = signal(null);
  /** The model server that is asked; '' where there is none. */
  readonly model: Signal<string>;
  /** It has been used: the next pictures are sent ahead. */
  foresees = false;
  /** Takes the reasons away, while they are shown. */
  hush: (() => void) | null = null;
  /** Where Escape leads out of the picture. */
  exit: HTMLElement | null = null;

  constructor(boot: Boot) {
    this.boot = boot;
    this.looks = rememberedLooks(boot.job.id, () => localStorage);
    this.keys = signal(boot.keys);
    this.#registry = computed(() => new Registry(this.#commands.value, this.keys.value));
    this.model = signal(boot.models?.[0] ?? '');
    this.today = signal(boot.progress.today);
    this.done = signal(boot.progress.done);
  }

  get registry(): Registry {
    return this.#registry.value;
  }

  /** Commands of the kind of question; one that is called like another stands in its place, and before all others. */
  learn(commands: readonly Command[]): void {
    const ids = new Set(commands.map(({ id }) => id));
    this.#commands.value = [...commands, ...this.#commands.value.filter(({ id }) => !ids.has(id))];
  }

  get models(): Models {
    const all = this.boot.models ?? [];
    return {
      chosen: this.model.value,
      next: () => {
        this.model.value = all[(all.indexOf(this.model.value) + 1) % all.length] ?? '';
        return this.model.value;
      },
    };
  }

  /** What it takes to ask about an object. */
  held(lease: Held['lease']): Held {
    return { api: this.boot.api, csrf: this.boot.csrf, lease };
  }

  get submitsOnDigit(): boolean {
    // Of several classes nobody knows which digit is the last.
    return this.boot.job.submit_on_digit && this.opened.value?.desk.type.chosen?.several !== true;
  }

  get clip(): ClipSource | null {
    const source = this.opened.value?.source;
    return source?.kind === 'video' ? source : null;
  }

  /** A film that is labeled frame by frame, and who shows its frames. */
  get film(): { readonly source: FilmSource; readonly player: FilmPlayer } | null {
    const opened = this.opened.value;
    if (opened === null || opened.source.kind !== 'film' || opened.desk.film === null) return null;
    return { source: opened.source, player: opened.source.player(opened.desk.film) };
  }

  get player(): Player | null {
    return this.film?.player ?? this.clip;
  }

  context(): Context | null {
    const opened = this.opened.value;
    return opened === null ? null : { desk: opened.desk, host: this };
  }

  run(command: string): void {
    const context = this.context();
    if (context !== null) this.registry.run(command, context);
  }

  /** The key to show beside a command. */
  keyOf(command: string): string {
    return this.registry.get(command)?.keys[0] ?? '';
  }

  submit(andStop: boolean): void {
    this.session.submit(andStop);
  }

  takeBack(): boolean {
    return this.session.takeBack();
  }

  /** The lead's words, where there are any. */
  get instructions(): Boot['job']['instructions'] {
    const { instructions } = this.boot.job;
    return instructions?.html === '' ? null : instructions;
  }

  /** A panel over the work; the instructions, beside it, are opened and closed by the same key. */
  open(panel: PanelName): void {
    if (panel !== 'instructions') this.panel.value = panel;
    else if (this.instructions !== null) this.reading.value = !this.reading.value;
  }

  why(): void {
    const opened = this.opened.value;
    if (opened === null) return;
    import('../why/show.tsx').then(
      ({ toggle }) => toggle(this, opened),
      () => {
        this.toast.value = { text: t('This part could not be fetched. Try again when the connection is back.') };
      },
    );
  }

  stopReading(): boolean {
    const was = this.reading.value || this.hush !== null;
    this.hush?.();
    this.reading.value = false;
    return was;
  }

  close(): void {
    this.panel.value = null;
  }

  /** From a field back to what is labeled, where keys are commands again. */
  backToWork(field: HTMLElement): void {
    field.blur();
    if (this.panel.value === null) document.getElementById('stage')?.focus({ preventScroll: true });
  }

  leaveRegion(): void {
    this.exit?.focus();
  }

  say(text: string): void {
    const desk = this.opened.value?.desk;
    if (desk !== undefined) desk.said.value = text;
  }
}
