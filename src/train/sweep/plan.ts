/**
 * A sweep as it is carried out: the run or fit that is varied, the space, how it is searched, and for how many steps and seeds, every
 * value written out. A sweep's folder holds it as JSON, from which it is read without the worlds, agents and models that it is about.
 */
import { z } from 'zod';
import { expectedBy } from '#core/config.ts';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { asRecord, parseJson, valueAt } from '#core/json.ts';
import { FIT_OBJECTIVES, OBJECTIVES, type Trained } from './job.ts';
import { rungsOf } from './rungs.ts';
import { gridSize, PARTS, requestAt, type Axis, type Point } from './space.ts';
import type { VariedFit, VariedRun } from './varied.ts';

/** Seeds on which settings are chosen begin here: those of results, from 1 on, are never tuned on. */
export const FIRST_TUNING_SEED = 101;

export const count = (min: number, max: number) => z.int().min(min).max(max);
const trials = count(1, 100_000);
const steps = count(1, 1e12);

const rungs = { trials, minSteps: steps, eta: count(2, 100).default(3) };
export const searchSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('grid') }),
  z.strictObject({ kind: z.literal('random'), trials }),
  z.strictObject({ kind: z.literal('halving'), ...rungs }),
  z.strictObject({ kind: z.literal('asha'), ...rungs }),
  z.strictObject({
    kind: z.literal('pbt'),
    population: count(2, 10_000),
    interval: steps,
    quantile: z.number().gt(0).max(0.5).default(0.2),
  }),
]);
/** How a space is searched: see search.ts. */
export type SearchPlan = z.output<typeof searchSchema>;

export type Plan = RunPlan | FitPlan;

export interface RunPlan extends Sweep {
  readonly kind: 'run';
  readonly request: VariedRun;
  /** Greedy episodes of each evaluation. */
  readonly episodes: number;
  /** What is maximised. */
  readonly objective: (typeof OBJECTIVES)[number];
}

export interface FitPlan extends Sweep {
  readonly kind: 'fit';
  readonly request: VariedFit;
  readonly objective: (typeof FIT_OBJECTIVES)[number];
}

interface Sweep {
  readonly axes: readonly Axis[];
  readonly search: SearchPlan;
  /** Env steps of a whole run, or epochs of a fit. */
  readonly steps: number;
  /** Seeds per trial, from `FIRST_TUNING_SEED` on, and those of the final test, from 1 on. */
  readonly tuningSeeds: number;
  readonly testSeeds: number;
  /** Of the search itself: what it draws. */
  readonly seed: number;
  /** The fields of the request that its user has set, besides the preset. */
  readonly given: readonly string[];
}

const values = z.record(z.string(), z.unknown());
const axis = z.strictObject({
  field: z.string(),
  part: z.enum(PARTS),
  key: z.string(),
  live: z.boolean(),
  values: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('list'), list: z.array(z.unknown()).min(1).max(1000) }),
    z.strictObject({
      kind: z.literal('range'),
      from: z.number(),
      to: z.number(),
      count: count(1, 1000).optional(),
      scale: z.enum(['linear', 'log', 'complement']),
      isWhole: z.boolean(),
    }),
  ]),
});
/** What a plan says besides its run and its space, as its user writes it and as a folder holds it. */
export const commonFields = {
  steps,
  search: searchSchema,
  tuningSeeds: count(1, 1000).default(1),
  testSeeds: count(0, 1000).default(10),
  seed: count(0, Number.MAX_SAFE_INTEGER).default(1),
};
export const runFields = {
  episodes: count(1, 1_000_000).default(20),
  objective: z.enum(OBJECTIVES).default('greedy'),
};
export const fitFields = { objective: z.enum(FIT_OBJECTIVES).default('validation') };
const axes = z.array(axis).min(1);
const given = z.array(z.string()).default([]);
const preset = z.string().optional();
const planSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('run'),
    request: z.strictObject({
      world: z.string(),
      agent: z.string(),
      preset,
      config: values,
      params: values,
      rewards: values,
      wrappers: values,
    }),
    axes,
    given,
    ...commonFields,
    ...runFields,
  }),
  z.strictObject({
    kind: z.literal('fit'),
    request: z.strictObject({
      data: z.string(),
      model: z.string(),
      preset,
      config: values,
      dataConfig: values,
      augment: values,
    }),
    axes,
    given,
    ...commonFields,
    ...fitFields,
  }),
]);

/** Reads the plan that a sweep's folder holds. Throws an `InputError` that names every wrong field. */
export function readPlan(text: string): Plan {
  const given = asRecord(parseJson(text, 'plan.json'), 'plan.json');
  if (!('request' in given) && 'space' in given) {
    const expected = "the one of the sweep's folder, with every value written out";
    throw refusal('plan.json', expected, 'a plan as `ludus sweep` is given one');
  }
  // Plans said nothing of their kind while all were of runs.
  const read = planSchema.safeParse({ kind: 'run', ...given });
  if (!read.success)
    throw new InputError(
      read.error.issues.map((issue) => {
        const { field, ...problem } = problemAt(issue, given, expectedBy(issue));
        return { field: `plan.json ${field}`, ...problem };
      }),
    );
  const plan = read.data as unknown as Plan;
  checkSearch(plan);
  return plan;
}

/** What a job trains at a point of the space, to choose settings by or for the final test. */
export function trainedAt(plan: Plan, point: Point, isTest: boolean): Trained {
  const { kind, axes } = plan;
  switch (kind) {
    case 'run':
      return { kind, request: requestAt(plan.request, axes, point), episodes: plan.episodes };
    case 'fit':
      return {
        kind,
        request: requestAt(plan.request, axes, point),
        part: isTest ? 'test' : plan.objective,
      };
  }
}

/** What each kind of search asks for besides. */
export function checkSearch({ axes, search, steps: whole, tuningSeeds }: Plan): void {
  const problems: Problem[] = [];
  switch (search.kind) {
    case 'grid':
      if (gridSize(axes) > 1e5)
        problems.push({ field: 'space', expected: 'at most 100000 points', got: String(gridSize(axes)) });
      break;
    case 'halving':
    case 'asha':
      if (search.minSteps * search.eta > whole) {
        const expected = `at most steps / eta, ${Math.floor(whole / search.eta)}`;
        problems.push({ field: 'search.minSteps', expected, got: String(search.minSteps) });
      } else {
        // With fewer, none would be trained to the end.
        const least = search.eta ** (rungsOf(whole, search).length - 1);
        if (search.trials < least)
          problems.push({
            field: 'search.trials',
            expected: `at least ${least}, eta per rung`,
            got: String(search.trials),
          });
      }
      break;
    case 'pbt':
      for (const { field } of axes.filter(({ live }) => !live))
        problems.push({
          field: `space.${field}`,
          expected: 'a field that can change during training, as population-based training does',
          got: 'one that needs a reset',
        });
      if (tuningSeeds !== 1) {
        const expected = '1 with pbt, whose members have a seed each';
        problems.push({ field: 'tuningSeeds', expected, got: String(tuningSeeds) });
      }
      if (search.interval > whole)
        problems.push({
          field: 'search.interval',
          expected: `at most ${whole}, steps`,
          got: String(search.interval),
        });
      break;
    case 'random':
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** What is wrong with a field of a plan, in words. */
export function problemAt(issue: z.core.$ZodIssue, given: unknown, expected: string): Problem {
  const field = issue.path.map(String).join('.') || 'sweep';
  return { field, expected, got: show(valueAt(given, issue.path)) };
}
