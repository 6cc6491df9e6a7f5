/**
 * A sweep as a file describes it: the run that is varied, the space, how it is searched, and for how many steps and seeds. All of
 * it is checked before anything runs.
 */
import { z } from 'zod';
import { expectedBy } from '#core/config.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import { OBJECTIVES, type Objective } from './job.ts';
import { resolveRun, type CompleteRequest } from '../request/resolve.ts';
import { rungsOf } from './rungs.ts';
import { endPoints, gridSize, parseSpace, requestAt, type Axis } from './space.ts';

/** Seeds on which settings are chosen begin here: those of results, from 1 on, are never tuned on. */
export const FIRST_TUNING_SEED = 101;

const count = (min: number, max: number) => z.int().min(min).max(max);
const trials = count(1, 100_000);
const steps = count(1, 1e12);

const rungs = { trials, minSteps: steps, eta: count(2, 100).default(3) };
const searchSchema = z.discriminatedUnion('kind', [
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

const values = z.record(z.string(), z.unknown());
const axis = z.union([
  z.array(z.unknown()).min(1).max(1000),
  z.strictObject({
    from: z.number(),
    to: z.number(),
    count: count(1, 1000).optional(),
    scale: z.enum(['linear', 'log', 'complement']).optional(),
  }),
]);
const planSchema = z.strictObject({
  run: z.strictObject({
    world: z.string(),
    agent: z.string().optional(),
    preset: z.string().optional(),
    config: values.optional(),
    params: values.optional(),
    rewards: values.optional(),
    wrappers: values.optional(),
  }),
  steps,
  space: z.record(z.string(), axis),
  search: searchSchema,
  tuningSeeds: count(1, 1000).default(1),
  testSeeds: count(0, 1000).default(10),
  episodes: count(1, 1_000_000).default(20),
  objective: z.enum(OBJECTIVES).default('greedy'),
  seed: count(0, Number.MAX_SAFE_INTEGER).default(1),
});

export interface Plan {
  /** The run that is varied, with every value written out but its seed. */
  readonly request: Omit<CompleteRequest, 'seed'>;
  readonly axes: readonly Axis[];
  readonly search: SearchPlan;
  /** Env steps of a whole run. */
  readonly steps: number;
  /** Seeds per trial, from `FIRST_TUNING_SEED` on, and those of the final test, from 1 on. */
  readonly tuningSeeds: number;
  readonly testSeeds: number;
  /** Greedy episodes of each evaluation. */
  readonly episodes: number;
  /** What is maximised. */
  readonly objective: Objective;
  /** Of the search itself: what it draws. */
  readonly seed: number;
}

/** Reads a plan from the text of a file. Throws an `InputError` that names every wrong field. */
export function parsePlan(text: string): Plan {
  const given = asRecord(parseJson(text, 'sweep'), 'sweep');
  const read = planSchema.safeParse(given);
  if (!read.success) throw new InputError(read.error.issues.map((issue) => problemAt(issue, given)));
  const { run, space, search, ...rest } = read.data;
  const setup = resolveRun(defined(run));
  if (setup.agent.kind === 'cloner')
    throw new InputError([
      {
        field: 'run.agent',
        expected: 'an agent that learns from its own steps',
        got: `${setup.agent.id}, which learns from demonstrations`,
      },
    ]);
  const { seed: _, ...request } = setup.request;
  const axes = parseSpace(space, setup);
  const plan = { ...rest, request, axes, search };
  checkSearch(plan);
  checkEnds(plan);
  return plan;
}

/** What each kind of search asks for besides. */
function checkSearch({ axes, search, steps: whole, tuningSeeds }: Plan): void {
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

/** Refuses a space that holds runs which cannot be: each end of each axis is tried. */
function checkEnds({ request, axes }: Plan): void {
  const problems = new Map<string, Problem>();
  for (const point of endPoints(axes))
    try {
      resolveRun({ ...requestAt(request, axes, point), seed: 1 });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const [field] = Object.keys(point);
      const [problem] = error.problems;
      problems.set(field, { ...problem, field: `space.${field}` });
    }
  if (problems.size > 0) throw new InputError([...problems.values()]);
}

function problemAt(issue: z.core.$ZodIssue, given: unknown): Problem {
  const field = issue.path.map(String).join('.') || 'sweep';
  const got = issue.path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    given,
  );
  return { field, expected: expectation(issue), got: show(got) };
}

/** In words; of something that is one of several kinds, which these are. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return expectedBy(issue);
  return issue.path[0] === 'space'
    ? 'a list of values, or a range {"from", "to"} with "count" in a grid'
    : 'the kind grid, random, halving, asha or pbt';
}

function defined<T extends Readonly<Record<string, unknown>>>(
  given: T,
): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
