import { type Signal, signal } from '@preact/signals-core';
import type { Boot } from '../ui/boot.ts';
import type { Notice, Phase, Saving } from '../ui/room.ts';
import { type Marks, noMarks } from './marks.ts';
import type { Group, Tile } from './tiles.ts';

/** A page of the grid, opened. */
export interface OpenPage {
  readonly id: number;
  readonly groups: readonly Group[];
  /** All tiles in the order of the screen. */
  readonly tiles: readonly Tile[];
}

/** What the screen may ask for. */
export interface GridSession {
  mark(at: number, range: boolean): void;
  undo(): void;
  redo(): void;
  submit(): void;
  takeBack(): void;
  leave(): void;
  retry(): void;
  resize(count: number): void;
}

const NO_SESSION: GridSession = {
  mark: () => undefined,
  undo: () => undefined,
  redo: () => undefined,
  submit: () => undefined,
  takeBack: () => undefined,
  leave: () => undefined,
  retry: () => undefined,
  resize: () => undefined,
};

/** The screen around a page: what is open, marked, looked at and said. */
export class GridRoom {
  readonly boot: Boot;
  readonly page: Signal<OpenPage | null> = signal(null);
  readonly marks: Signal<Marks> = signal(noMarks());
  /** The tile that the keys mean. */
  readonly at: Signal<number> = signal(0);
  /** The tile that is shown large. */
  readonly looked: Signal<Tile | null> = signal(null);
  readonly phase: Signal<Phase> = signal<Phase>('loading');
  readonly reason: Signal<{ readonly what: string; readonly todo: string } | null> = signal(null);
  readonly saving: Signal<Saving> = signal<Saving>({ state: 'saved', waiting: 0 });
  readonly notices: Signal<readonly Notice[]> = signal([]);
  readonly toast: Signal<{ readonly text: string; readonly action?: { label: string; run(): void } } | null> =
    signal(null);
  readonly reading: Signal<boolean> = signal(false);
  readonly keysShown: Signal<boolean> = signal(false);
  /** Pages that were submitted since the screen was opened. */
  readonly done: Signal<number> = signal(0);
  /** The last page can still be taken back. */
  readonly canGoBack: Signal<boolean> = signal(false);
  readonly size: Signal<number>;
  readonly said: Signal<string> = signal('');
  session: GridSession = NO_SESSION;

  constructor(boot: Boot, size: number) {
    this.boot = boot;
    this.size = signal(size);
  }

  get instructions(): Boot['job']['instructions'] {
    const { instructions } = this.boot.job;
    return instructions?.html === '' ? null : instructions;
  }

  keyOf(command: string): string {
    return command === 'instructions' ? 'i' : '';
  }

  stopReading(): boolean {
    const was = this.reading.value;
    this.reading.value = false;
    return was;
  }

  isMarked(at: number): boolean {
    const tile = this.page.value?.tiles[at];
    return tile !== undefined && this.marks.value.wrong.has(tile.assignment);
  }
}
