/**
 * Long looks into a fit. They are made in pieces, between which other commands take their turn, while training waits. One is given
 * up when a newer one of its kind begins, or when what it looks at changes.
 */
import { InputError } from '#core/errors.ts';
import type { Exclusive } from '../exclusive.ts';

interface Analysis {
  pieces?: Generator<undefined, unknown>;
  isOver: boolean;
}

export class Analyses {
  private readonly exclusive: Exclusive;
  private readonly giveWay: () => Promise<void>;
  /** By kind. */
  private readonly current = new Map<string | symbol, Analysis>();
  private waiting: (() => void)[] = [];

  constructor(exclusive: Exclusive, giveWay: () => Promise<void>) {
    this.exclusive = exclusive;
    this.giveWay = giveWay;
  }

  /** Makes an analysis; rejects with an `InputError` of the field `superseded` if it is given up. */
  async run<T>(kind: string | symbol, begin: () => Promise<Generator<undefined, T>>): Promise<T> {
    const earlier = this.current.get(kind);
    if (earlier) giveUp(earlier);
    const analysis: Analysis = { isOver: false };
    this.current.set(kind, analysis);
    let pieces: Generator<undefined, T> | undefined;
    const next = async (): Promise<IteratorResult<undefined, T>> => {
      if (!analysis.isOver) analysis.pieces = pieces ??= await begin();
      if (analysis.isOver || !pieces) throw superseded();
      return pieces.next();
    };
    try {
      for (;;) {
        const step = await this.exclusive(next);
        if (step.done) return step.value;
        await this.giveWay();
      }
    } finally {
      giveUp(analysis);
      if (this.current.get(kind) === analysis) this.current.delete(kind);
      this.wake();
    }
  }

  /** Gives up all of them, at once. */
  giveUp(): void {
    for (const analysis of this.current.values()) giveUp(analysis);
    this.current.clear();
    this.wake();
  }

  /** Runs a task when no analysis is under way. */
  readonly afterwards: Exclusive = async (task) => {
    for (;;) {
      await this.idle();
      const done = await this.exclusive(async () =>
        this.current.size > 0 ? undefined : { value: await task() },
      );
      if (done) return done.value;
    }
  };

  private idle(): Promise<void> | undefined {
    return this.current.size > 0 ? new Promise((resolve) => this.waiting.push(resolve)) : undefined;
  }

  private wake(): void {
    if (this.current.size === 0) this.waiting.splice(0).forEach((resolve) => resolve());
  }
}

/** Lets go of what it holds. */
function giveUp(analysis: Analysis): void {
  analysis.isOver = true;
  analysis.pieces?.return(undefined);
}

function superseded(): InputError {
  const expected = 'the same weights, and nothing newer of the kind, until it was done';
  return new InputError([{ field: 'superseded', expected, got: 'a change' }]);
}
