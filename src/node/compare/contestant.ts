/** What `ludus compare` compares: the trained seeds of an agent on one world or several. */
import { isDeepStrictEqual } from 'node:util';
import { InputError, show, type Problem } from '#core/errors.ts';
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

/** Throws an `InputError` if two contestants have not played the same worlds by the same rules. */
export function checkComparable(a: Contestant, b: Contestant): void {
  const problems: Problem[] = [];
  const worldsOf = ({ tasks }: Contestant): readonly string[] => tasks.map(({ world }) => world);
  if (!isDeepStrictEqual(worldsOf(a), worldsOf(b)))
    problems.push({ field: 'B', expected: worldsOf(a).join(', '), got: worldsOf(b).join(', ') });
  else
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
