/** Reads a sweep as its user describes it: all of it is checked before anything runs. */
import { z } from 'zod';
import { expectedBy } from '#core/config.ts';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { asRecord, isRecord, parseJson, valueAt } from '#core/json.ts';
import { known } from '#core/near.ts';
import { resolveFit } from '../request/resolve-fit.ts';
import { resolveRun } from '../request/resolve.ts';
import { fieldsOfFit, fieldsOfRun, parseSpace } from './parse-space.ts';
import {
  checkSearch,
  commonFields,
  count,
  fitFields,
  problemAt,
  runFields,
  searchSchema,
  type FitPlan,
  type Plan,
  type RunPlan,
} from './plan.ts';
import { endPoints, PARTS, requestAt } from './space.ts';

const values = z.record(z.string(), z.unknown()).optional();
const axis = z.union([
  z.array(z.unknown()).min(1).max(1000),
  z.strictObject({
    from: z.number(),
    to: z.number(),
    count: count(1, 1000).optional(),
    scale: z.enum(['linear', 'log', 'complement']).optional(),
  }),
]);
const space = z.record(z.string(), axis);
const runSchema = z.strictObject({
  run: z.strictObject({
    world: z.string(),
    agent: z.string().optional(),
    preset: z.string().optional(),
    config: values,
    params: values,
    rewards: values,
    wrappers: values,
  }),
  space,
  ...commonFields,
  ...runFields,
});
const fitSchema = z.strictObject({
  run: z.strictObject({
    data: z.string(),
    model: z.string(),
    preset: z.string().optional(),
    config: values,
    dataConfig: values,
    augment: values,
  }),
  space,
  ...commonFields,
  steps: commonFields.steps.optional(),
  ...fitFields,
});

/** Reads a plan from the text of a file. Throws an `InputError` that names every wrong field. */
export function parsePlan(text: string): Plan {
  const given = asRecord(parseJson(text, 'sweep'), 'sweep');
  const { run } = given;
  const plan = isRecord(run) && ('data' in run || 'model' in run) ? fitPlan(given) : runPlan(given);
  checkSearch(plan);
  checkEnds(plan);
  return plan;
}

function runPlan(given: Readonly<Record<string, unknown>>): RunPlan {
  const { run, space: fields, ...rest } = read(runSchema, given);
  const setup = resolveRun(defined(run));
  if (setup.agent.kind === 'cloner')
    throw refusal(
      'run.agent',
      'an agent that learns from its own steps',
      `${setup.agent.id}, which learns from demonstrations`,
    );
  const { seed: _, ...request } = setup.request;
  return { kind: 'run', ...rest, request, axes: parseSpace(fields, fieldsOfRun(setup)), given: givenIn(run) };
}

function fitPlan(given: Readonly<Record<string, unknown>>): FitPlan {
  const { run, space: fields, steps, ...rest } = read(fitSchema, given);
  const config = { ...run.config, ...(steps !== undefined && { epochs: steps }) };
  const epochs = run.config?.['epochs'];
  if (epochs !== undefined && steps !== undefined && epochs !== steps)
    throw refusal('steps', `${show(epochs)}, as run.config.epochs`, String(steps));
  const setup = resolveFit(defined({ ...run, config }));
  if (setup.data.kind === 'files' && setup.data.shipped.length === 0) {
    const expected = 'data that come with the project or are made from settings';
    throw refusal('run.data', expected, `${run.data}, which is read from files`);
  }
  const { seed: _, ...request } = setup.request;
  const plan: FitPlan = {
    kind: 'fit',
    ...rest,
    steps: Number(setup.config['epochs']),
    request,
    axes: parseSpace(fields, fieldsOfFit(setup)),
    given: givenIn(run),
  };
  checkHeldOut(plan);
  return plan;
}

type PlanSchema = typeof runSchema | typeof fitSchema;

function read<T extends PlanSchema>(schema: T, given: Readonly<Record<string, unknown>>): z.output<T> {
  const found = schema.safeParse(given);
  if (found.success) return found.data as z.output<T>;
  throw new InputError(
    found.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? unknownFields(issue, namesAt(schema, issue.path, given))
        : problemAt(issue, given, expectation(issue)),
    ),
  );
}

function unknownFields(
  { keys, path }: z.core.$ZodIssueUnrecognizedKeys,
  names: readonly string[],
): readonly Problem[] {
  return keys.map((key) => ({
    field: [...path, key].map(String).join('.'),
    expected: known(key, names),
    got: 'an unknown field',
  }));
}

/** The fields of a plan, of its run, or of its kind of search. */
function namesAt(schema: PlanSchema, path: readonly PropertyKey[], given: unknown): readonly string[] {
  const { run } = schema.shape;
  switch (path.at(0)) {
    case 'run':
      return Object.keys(run.shape);
    case 'search': {
      const kind = valueAt(given, ['search', 'kind']);
      const search = searchSchema.options.find(({ shape }) => shape.kind.value === kind);
      return Object.keys(search?.shape ?? {});
    }
    default:
      return Object.keys(schema.shape);
  }
}

/** `config.batchSize` of all that the run sets. */
function givenIn(run: Readonly<Record<string, unknown>>): readonly string[] {
  return PARTS.flatMap((part) => Object.keys(run[part] ?? {}).map((key) => `${part}.${key}`));
}

/** What fits are chosen by has to be held out in all of them. */
function checkHeldOut({ objective, request, axes }: FitPlan): void {
  if (objective !== 'validation') return;
  const field = 'config.validation';
  const shares = endPoints(axes).flatMap((point) => (field in point ? Number(point[field]) : []));
  const isSearched = shares.length > 0;
  const least = isSearched ? Math.min(...shares) : Number(request.config['validation'] ?? 0);
  if (least > 0) return;
  const expected = 'a share above 0 of the training examples, by which settings are chosen';
  throw refusal(isSearched ? `space.${field}` : `run.${field}`, expected, String(least));
}

/** Refuses a space that holds runs which cannot be: each end of each axis is tried. */
function checkEnds(plan: Plan): void {
  const problems = new Map<string, Problem>();
  for (const point of endPoints(plan.axes))
    try {
      if (plan.kind === 'run') resolveRun({ ...requestAt(plan.request, plan.axes, point), seed: 1 });
      else resolveFit({ ...requestAt(plan.request, plan.axes, point), seed: 1 });
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
    ? 'a list of 1 to 1000 values, or a range {"from", "to"} with "count" in a grid'
    : 'the kind grid, random, halving, asha or pbt';
}

function defined<T extends Readonly<Record<string, unknown>>>(
  given: T,
): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}
