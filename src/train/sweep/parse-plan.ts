/** Reads a sweep as its user describes it: all of it is checked before anything runs. */
import { z } from 'zod';
import { expectedBy } from '#core/config.ts';
import { InputError, type Problem } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import { resolveRun } from '../request/resolve.ts';
import { checkSearch, commonFields, count, problemAt, type Plan } from './plan.ts';
import { endPoints, parseSpace, requestAt } from './space.ts';

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
  space: z.record(z.string(), axis),
  ...commonFields,
});

/** Reads a plan from the text of a file. Throws an `InputError` that names every wrong field. */
export function parsePlan(text: string): Plan {
  const given = asRecord(parseJson(text, 'sweep'), 'sweep');
  const read = planSchema.safeParse(given);
  if (!read.success)
    throw new InputError(read.error.issues.map((issue) => problemAt(issue, given, expectation(issue))));
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
