/** What the report of a suite shows, as numbers: by world, and over all worlds where their scores have a scale. */
import type { Scale } from '#core/aggregates.ts';
import type { Improvement } from '#core/improvement.ts';
import { rngStreams } from '#core/rng.ts';
import { mean, median } from '#core/stats.ts';
import type { Task } from '../../compare/contestant.ts';
import { bandOf, type BandPoint } from '../../compare/curves.ts';
import {
  aggregate,
  endsOf,
  improvementIf,
  normalisedScores,
  profileOf,
  scoresOf,
  type Aggregates,
  type ProfilePoint,
} from '../../compare/statistics.ts';
import type { Provenance, Records, SeedRecord } from '../results/record.ts';
import { runOf, type Experiment } from '../results/suite.ts';
import type { BenchSuite } from '../results/suites.ts';
import type { TimeSplit } from '../results/time-split.ts';

export interface Cell {
  readonly entrant: string;
  readonly experiment: Experiment;
  readonly trained: number;
  readonly failed: number;
  readonly scores: readonly number[];
  readonly greedy: Aggregates | undefined;
  readonly training: Aggregates | undefined;
  /** Median over seeds of env steps per second of CPU time. */
  readonly rate: number | undefined;
  /** Mean over the seeds that were measured. */
  readonly split: TimeSplit | undefined;
  readonly steps: readonly BandPoint[];
  readonly seconds: readonly BandPoint[];
}

export interface WorldSummary {
  readonly world: string;
  readonly scale: Scale | undefined;
  readonly cells: readonly Cell[];
}

export interface Standing {
  readonly entrant: string;
  readonly aggregates: Aggregates;
  readonly profile: readonly ProfilePoint[];
  /** That it beats each of the others, in their order; absent of itself and with too few seeds. */
  readonly beats: readonly (Improvement | undefined)[];
}

export interface SuiteSummary {
  readonly suite: BenchSuite;
  /** Those in which something was trained, or tried. */
  readonly worlds: readonly WorldSummary[];
  readonly untouched: readonly string[];
  /** Those with seeds in all worlds; empty where a world has no scale. */
  readonly standings: readonly Standing[];
  readonly failures: readonly string[];
  readonly provenance: Readonly<Record<keyof Provenance, readonly string[]>>;
}

type RecordsOf = Pick<Records, 'of' | 'failuresOf'>;

export function summarise(suite: BenchSuite, records: RecordsOf): SuiteSummary {
  const names = [
    ...new Set(suite.entrants.flatMap(({ experiments }) => experiments.map(({ world }) => world))),
  ];
  const tasks = new Map(
    suite.entrants.flatMap(({ experiments }) =>
      experiments.map((experiment): [Experiment, RecordedTask] => {
        const failed = records.failuresOf(experiment).map(({ seed }) => seed);
        return [experiment, { world: experiment.world, seeds: records.of(experiment), failed }];
      }),
    ),
  );
  const all = [...tasks.values()].flatMap(({ seeds }) => seeds);
  const touched = new Set(
    [...tasks.values()]
      .filter(({ seeds, failed }) => seeds.length + failed.length > 0)
      .map(({ world }) => world),
  );
  return {
    suite,
    worlds: names.filter((world) => touched.has(world)).map((world) => worldSummary(world, suite, tasks)),
    untouched: names.filter((world) => !touched.has(world)),
    standings: standingsOf(suite, tasks),
    failures: suite.entrants.flatMap(({ name, experiments }) =>
      experiments.flatMap((experiment) =>
        records
          .failuresOf(experiment)
          .map(({ seed, failure }) => `${name} on ${experiment.world}, seed ${seed}: ${failure}`),
      ),
    ),
    provenance: {
      commit: distinct(all, 'commit'),
      date: distinct(all, 'date'),
      machine: distinct(all, 'machine'),
      node: distinct(all, 'node'),
    },
  };
}

interface RecordedTask extends Task {
  readonly seeds: readonly SeedRecord[];
}

type Tasks = ReadonlyMap<Experiment, RecordedTask>;

function worldSummary(world: string, { entrants }: BenchSuite, tasks: Tasks): WorldSummary {
  const own = [...tasks.values()].filter((task) => task.world === world);
  const cells = entrants.flatMap(({ name, experiments }) =>
    experiments
      .filter((experiment) => experiment.world === world)
      .map((experiment): Cell => {
        const task: RecordedTask = tasks.get(experiment) ?? { world, seeds: [], failed: [] };
        const { seeds } = task;
        const greedy = scoresOf(task, 'greedy', own);
        return {
          entrant: name,
          experiment,
          trained: seeds.length,
          failed: task.failed.length,
          scores: greedy,
          greedy: ifAny(greedy, `${name} ${world} greedy`),
          training: ifAny(scoresOf(task, 'training', own), `${name} ${world} training`),
          rate:
            seeds.length === 0 ? undefined : median(seeds.map(({ steps, cpuSeconds }) => steps / cpuSeconds)),
          split: meanSplit(seeds.flatMap(({ split }) => split ?? [])),
          steps: bandOf(seeds, 'steps'),
          seconds: bandOf(seeds, 'seconds'),
        };
      }),
  );
  return { world, scale: scaleOf(cells[0].experiment), cells };
}

function standingsOf({ entrants }: BenchSuite, tasks: Tasks): readonly Standing[] {
  const complete = entrants.filter(({ experiments }) =>
    experiments.every((experiment) => (tasks.get(experiment)?.seeds.length ?? 0) > 0),
  );
  const scales = entrants[0].experiments.map(scaleOf);
  const known = scales.flatMap((scale) => scale ?? []);
  if (known.length < scales.length) return [];
  const scores = complete.map(({ experiments }) => {
    const own = experiments.flatMap((experiment) => tasks.get(experiment) ?? []);
    const raw = own.map((task) =>
      scoresOf(
        task,
        'greedy',
        [...tasks.values()].filter(({ world }) => world === task.world),
      ),
    );
    return normalisedScores(raw, known);
  });
  return complete.map(({ name }, k) => ({
    entrant: name,
    aggregates: aggregate(scores[k], name, true),
    profile: profileOf(scores[k], name),
    beats: complete.map((other, j) =>
      j === k ? undefined : improvementIf(scores[k], scores[j], rngStreams(1)(`${name} ${other.name}`)),
    ),
  }));
}

function scaleOf(experiment: Experiment): Scale | undefined {
  const { random, best } = endsOf(runOf(experiment, 1));
  return random === undefined || best === undefined ? undefined : { random, best };
}

function ifAny(scores: readonly number[], name: string): Aggregates | undefined {
  return scores.length === 0 || scores.some(Number.isNaN) ? undefined : aggregate([scores], name, false);
}

function meanSplit(splits: readonly TimeSplit[]): TimeSplit | undefined {
  if (splits.length === 0) return undefined;
  const of = (part: keyof TimeSplit): number => mean(splits.map((split) => split[part]));
  return { act: of('act'), world: of('world'), learn: of('learn'), rest: of('rest') };
}

function distinct(records: readonly SeedRecord[], key: keyof Provenance): readonly string[] {
  return [...new Set(records.map(({ provenance }) => provenance[key]))].toSorted();
}
