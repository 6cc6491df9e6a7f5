/**
 * Long looks into a fit, which share the worker with training: each is made in slices, and after every slice training and other
 * commands take their turn. It sees the weights that there were when it began. One is given up when a newer one of its kind begins,
 * or when what it looks at is changed by hand.
 */
import { refusal, type InputError } from '#core/errors.ts';
import type { KeptWeights } from '#core/fit.ts';
import type { Exclusive } from '../exclusive.ts';

/** A look in pieces; each may tell which share of it is done. */
export type Pieces<T> = Generator<number | undefined, T>;

/** A look that has begun, and the weights that it is about. */
export interface Begun<T> {
  readonly pieces: Pieces<T>;
  readonly kept: KeptWeights;
}

interface AnalysesDeps {
  /** Slices and commands take turns. */
  readonly exclusive: Exclusive;
  readonly giveWay: () => Promise<void>;
  readonly now: () => number;
  /** Hears now and then how far an analysis is, from 0 to 1. */
  readonly tell: (kind: string, share: number) => void;
}

interface Analysis {
  begun?: Begun<unknown>;
  isOver: boolean;
}

/** Milliseconds of work between two pauses: as many as it waited for the others, within these bounds. */
const [LEAST, MOST] = [10, 50];
/** Milliseconds between two reports of how far an analysis is. */
const TELL_GAP = 100;

export class Analyses {
  private readonly deps: AnalysesDeps;
  /** By kind. */
  private readonly current = new Map<string | symbol, Analysis>();
  private toldAt = -Infinity;

  constructor(deps: AnalysesDeps) {
    this.deps = deps;
  }

  /** Makes an analysis; rejects with an `InputError` of the field `superseded` if it is given up. */
  async run<T>(kind: string | symbol, begin: () => Promise<Begun<T>>): Promise<T> {
    const { exclusive, giveWay, now } = this.deps;
    this.giveUp(kind);
    const analysis: Analysis = { isOver: false };
    this.current.set(kind, analysis);
    let begun: Begun<T> | undefined;
    let rested = now();
    const slice = async (): Promise<IteratorResult<number | undefined, T>> => {
      if (!analysis.isOver) analysis.begun = begun ??= await begin();
      if (analysis.isOver || !begun) throw superseded();
      const { kept, pieces } = begun;
      const start = now();
      const end = start + Math.min(MOST, Math.max(LEAST, start - rested));
      const piece = kept.during(() => {
        for (;;) {
          const next = pieces.next();
          if (next.done || now() >= end) return next;
        }
      });
      rested = now();
      return piece;
    };
    try {
      for (;;) {
        const piece = await exclusive(slice);
        if (piece.done) return piece.value;
        this.tell(kind, piece.value);
        await giveWay();
      }
    } finally {
      letGo(analysis);
      if (this.current.get(kind) === analysis) this.current.delete(kind);
    }
  }

  /** Gives up the one of a kind, or all of them, at once. */
  giveUp(kind?: string | symbol): void {
    const kinds = kind === undefined ? [...this.current.keys()] : [kind];
    for (const each of kinds) {
      const analysis = this.current.get(each);
      this.current.delete(each);
      if (analysis) letGo(analysis);
    }
  }

  private tell(kind: string | symbol, share: number | undefined): void {
    const { now, tell } = this.deps;
    if (share === undefined || typeof kind === 'symbol' || now() - this.toldAt < TELL_GAP) return;
    this.toldAt = now();
    tell(kind, share);
  }
}

/** Lets go of what it holds. */
function letGo(analysis: Analysis): void {
  analysis.isOver = true;
  analysis.begun?.pieces.return(undefined);
}

function superseded(): InputError {
  const expected = 'the same fit, and nothing newer of the kind, until it was done';
  return refusal('superseded', expected, 'a change');
}
