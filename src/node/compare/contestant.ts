/** What `ludus compare` compares: the trained seeds of an agent on one world or several. */
import { isDeepStrictEqual } from 'node:util';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import type { SeedRecord } from '../bench/results/record.ts';

/** A trained seed; of a run folder, nobody has noted the seconds. */
export type Trained = Pick<SeedRecord, 'seed' | 'steps' | 'training' | 'greedy' | 'request'> &
  Partial<Pick<SeedRecord, 'seconds'>>;

export interface Task {
  readonly world: string;
  /** By seed. */
  readonly seeds: readonly Trained[];
  /** The numbers of seeds whose training failed. */
  readonly failed: readonly number[];
}

export interface Contestant {
  readonly name: string;
  /** By world. */
  readonly tasks: readonly Task[];
}

interface OfWorld {
  readonly world: string;
}

/** Throws an `InputError` if B is not of the worlds that A is of, in their order. */
export function checkWorlds(a: readonly OfWorld[], b: readonly OfWorld[]): void {
  const [expected, got] = [a, b].map((each) => each.map(({ world }) => world).join(', '));
  if (got !== expected) throw refusal('B', expected, got);
}

/** Throws an `InputError` if two contestants have not played the same worlds by the same rules. */
export function checkComparable(a: Contestant, b: Contestant): void {
  checkWorlds(a.tasks, b.tasks);
  const problems: Problem[] = [];
  a.tasks.forEach((task, k) => {
    const [one, other] = [task, b.tasks[k]].map(({ seeds }) => seeds.at(0)?.request);
    if (!one || !other) return;
    for (const [part, flag] of [
      ['params', 'world'],
      ['rewards', 'reward'],
    ] as const)
      for (const key of new Set([...Object.keys(one[part]), ...Object.keys(other[part])]))
        if (!isDeepStrictEqual(one[part][key], other[part][key]))
          problems.push({
            field: `B.${task.world}.${flag}.${key}`,
            expected: `${show(one[part][key])}, as A has it`,
            got: show(other[part][key]),
          });
  });
  if (problems.length > 0) throw new InputError(problems);
}
