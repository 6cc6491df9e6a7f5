/** Leg after leg until the time is over, with a sample of what is held between two legs every so often. */
import { performance } from 'node:perf_hooks';
import { setTimeout as later } from 'node:timers/promises';
import { messageOf } from '#core/errors.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { Note, type Journal } from './note.ts';

/** Something that is soaked. */
export interface Half extends AsyncDisposable {
  readonly name: string;
  /** One stretch; whatever is random in it comes from `rng`, so that its number repeats it. */
  leg(number: number, rng: Rng, note: Note): Promise<void>;
  /** What is held now, at rest: counts, and megabytes. */
  sample(): Promise<Readonly<Record<string, number>>>;
  /** Begins anew after a leg that failed; without it, that ends the soak. */
  mend?(): Promise<void>;
  /** Whether it has nothing left to do, if that can be. */
  isOver?(): boolean;
  /** Figures for the end. */
  facts?(): Promise<Readonly<Record<string, number>>>;
}

export interface SoakOptions {
  readonly seed: number;
  readonly minutes: number;
  /** The only leg to do, if it is to be repeated. */
  readonly leg: number | undefined;
  readonly journal: Journal;
  /** Whether the user has asked for the end. */
  readonly isStopped: () => boolean;
}

/** Milliseconds between two samples; shorter soaks have 20. */
const BETWEEN = 30_000;

/** Milliseconds after which a leg hangs. */
const LONGEST = 1_200_000;
/** Legs that may fail before it is given up. */
const MOST_FAILURES = 10;

/** Whether no leg failed. */
export async function soak(half: Half, options: SoakOptions): Promise<boolean> {
  const { seed, minutes, leg: only, journal, isStopped } = options;
  const between = Math.min(BETWEEN, (minutes * 60_000) / 20);
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  let [due, failures] = [0, 0];
  for (let leg = only ?? 0; seconds() < minutes * 60 && !isStopped(); leg++) {
    const note = new Note();
    const started = seconds();
    try {
      await inTime(half.leg(leg, rngStreams(seed)(half.name, leg), note));
      if (seconds() * 1000 >= due) {
        due = seconds() * 1000 + between;
        journal.write({ kind: 'sample', half: half.name, at: seconds(), values: await half.sample() });
      }
    } catch (error) {
      if (isStopped()) break;
      const message = `${note.name}: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`;
      journal.write({ kind: 'failure', half: half.name, leg, message });
      if (++failures === MOST_FAILURES || !half.mend) return false;
      await half.mend();
    } finally {
      const { name, trained, injected, recovered, bytes } = note;
      const took = seconds() - started;
      journal.write({
        kind: 'leg',
        half: half.name,
        leg,
        name,
        seconds: took,
        trained,
        injected,
        recovered,
        bytes,
      });
    }
    if (only !== undefined || half.isOver?.()) break;
  }
  for (const [name, value] of Object.entries((await half.facts?.()) ?? {}))
    journal.write({ kind: 'fact', half: half.name, name, value });
  return failures === 0;
}

async function inTime(leg: Promise<void>): Promise<void> {
  const limit = new AbortController();
  const hangs = async (): Promise<never> => {
    await later(LONGEST, undefined, { signal: limit.signal, ref: false });
    throw new Error(`it hangs for ${LONGEST / 60_000} minutes`);
  };
  try {
    await Promise.race([leg, hangs()]);
  } finally {
    limit.abort();
  }
}

/** One of a list. */
export function pick<T>(rng: Rng, list: readonly T[]): T {
  return list[rng.integer(list.length)];
}
