/** What a soak writes down: a line per leg, sample and failure, in a file from which the table is made. */
import { appendFileSync } from 'node:fs';

/** One stretch of a soak: what was done to what, and what came of it. */
export interface LegLine {
  readonly kind: 'leg';
  readonly half: string;
  readonly leg: number;
  /** What it was about, for whoever repeats it. */
  readonly name: string;
  readonly seconds: number;
  /** Env steps and examples that were trained. */
  readonly trained: number;
  /** By the names of faults. */
  readonly injected: Readonly<Record<string, number>>;
  readonly recovered: Readonly<Record<string, number>>;
  /** Of saves that had been confirmed when something went wrong, and of those among them that were gone afterwards. */
  readonly bytes: { readonly confirmed: number; readonly lost: number };
}

interface SampleLine {
  readonly kind: 'sample';
  readonly half: string;
  /** Seconds from the start. */
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

interface FailureLine {
  readonly kind: 'failure';
  readonly half: string;
  readonly leg: number;
  readonly message: string;
}

/** What is found beside the legs, e.g. how many episodes there were. */
interface FactLine {
  readonly kind: 'fact';
  readonly half: string;
  readonly name: string;
  readonly value: number;
}

export type Line = LegLine | SampleLine | FailureLine | FactLine;

/** Lines go to the file at once: whatever ends the soak, they are there. */
export class Journal {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  write(line: Line): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}

/** Counts during a leg. */
export class Note {
  name = '';
  trained = 0;
  readonly injected: Record<string, number> = {};
  readonly recovered: Record<string, number> = {};
  readonly bytes = { confirmed: 0, lost: 0 };

  /** Something goes wrong, on purpose. */
  fault(name: string): void {
    this.injected[name] = (this.injected[name] ?? 0) + 1;
    this.recovered[name] ??= 0;
  }

  /** Everything is as it should be after it. */
  recover(name: string): void {
    this.recovered[name] = (this.recovered[name] ?? 0) + 1;
  }

  /** A save of so many bytes that had been confirmed is there after a fault, or it is not. */
  kept(length: number, isThere: boolean): void {
    this.bytes.confirmed += length;
    if (!isThere) this.bytes.lost += length;
  }
}

/** Ends the leg as failed unless it holds. */
export function hold(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
