/** `ludus evaluate` of a model: that of a checkpoint, or of a file of weights on a data set. */
import type { DataSet } from '#core/data-set.ts';
import type { DataSpec } from '#core/fit.ts';
import { refusal, show } from '#core/errors.ts';
import { dataSets } from '#data/catalogue.ts';
import { extractModel, plantModel } from '#train/checkpoints/model-networks.ts';
import type { FitCheckpoint } from '#train/checkpoints/checkpoint.ts';
import type { SavedWeights } from '#train/checkpoints/weights.ts';
import { resolveFit, type FitSetup } from '#train/request/resolve-fit.ts';
import { ModelRun, type Part } from '#train/runs/model.ts';
import { computeFor } from './compute.ts';
import { formatScores, scoresRow } from './fit-evaluation.ts';
import { loadData, readFit, type FitOptions } from './fit-options.ts';
import { printJson, printLine, wantsJson } from './output.ts';
import { readWeights, sayModelWeights } from './weights-file.ts';

export const PARTS: readonly Part[] = ['test', 'validation'];

export interface FitEvaluationOptions extends FitOptions {
  readonly weights?: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly part?: Part | undefined;
  readonly backend: string;
  readonly json?: true | undefined;
}

/** Evaluates the network of a file on a data set. */
export async function evaluateOn(data: string, options: FitEvaluationOptions): Promise<void> {
  const { weights, from } = options;
  if (weights === undefined)
    throw refusal(
      '--weights',
      `the weights of a model for ${data}, or a checkpoint instead of it`,
      'nothing',
    );
  const given = await readWeights(weights);
  const setup = readFit(options, data, given);
  const source = { setup, data: await loadData(setup, from) };
  await evaluate(source, options, async (run) => plant(run, given, weights));
}

/** Evaluates a saved fit, on its own data or, with `--from`, on others of the same form. */
export async function evaluateFit(checkpoint: FitCheckpoint, options: FitEvaluationOptions): Promise<void> {
  refuseSettings(options);
  const { weights, from } = options;
  const given = weights === undefined ? undefined : await readWeights(weights);
  const setup = resolveFit(checkpoint.request);
  const { spec, ...model } = extractModel(setup, checkpoint.state);
  const data = from ? await loadOther(setup, spec, options) : await loadData(setup, from);
  // Weights from a file have a history of their own.
  const source = { setup, data, ...(!given && { step: checkpoint.steps }) };
  await evaluate(source, options, async (run) => {
    if (run.learnsFrom(checkpoint.state)) await run.restore(checkpoint.state);
    else await plantModel(run, model, 'the checkpoint');
    if (given && weights !== undefined) await plant(run, given, weights);
  });
}

interface Evaluated {
  readonly setup: FitSetup;
  readonly data: DataSet;
  /** Examples that the weights have learned from, where that is known. */
  readonly step?: number;
}

async function evaluate(
  { setup, data, step }: Evaluated,
  { part = 'test', backend, json }: FitEvaluationOptions,
  prepare: (run: ModelRun) => Promise<void>,
): Promise<void> {
  using compute = await computeFor({ backend, threads: 1 });
  const run = await ModelRun.create(setup, data, compute);
  try {
    await prepare(run);
    if (part === 'validation' && run.heldOut.count === 0)
      throw refusal('--part', 'test, since no examples are held out (validation=0)', part);
    const scores = await run.evaluate(part);
    if (wantsJson(json)) {
      const { request } = setup;
      const row = scoresRow(part, scores, data.task);
      const { model } = request;
      printJson({ kind: 'evaluation', data: data.id, model, ...(step !== undefined && { step }), ...row });
    } else printLine(formatScores(part, scores, data.task));
  } finally {
    run.dispose();
  }
}

async function plant(run: ModelRun, given: SavedWeights, weights: string): Promise<void> {
  await plantModel(run, given, weights);
  sayModelWeights(run, given, weights);
}

function refuseSettings(options: FitEvaluationOptions): void {
  for (const name of ['model', 'preset', 'set', 'augment', 'seed'] as const)
    if (options[name] !== undefined)
      throw refusal(
        `--${name}`,
        'nothing with a checkpoint, which has its own settings; use it with --weights and a data set',
        show(options[name]),
      );
  if (options.data !== undefined && options.from === undefined)
    throw refusal(
      '--data',
      'nothing without --from, since a checkpoint has its own data',
      show(options.data),
    );
}

/** Data from files: as the fit's own, or read as pictures or as a table where it has none from files. */
async function loadOther(
  setup: FitSetup,
  { shape, task }: DataSpec,
  { data: dataConfig = {}, from }: FitEvaluationOptions,
): Promise<DataSet> {
  const isOwn = setup.data.kind === 'files' && setup.data.takes !== undefined;
  const id = isOwn ? setup.data.id : shape.length === 3 ? 'idx' : 'csv';
  const other = resolveFit({
    ...setup.request,
    data: id,
    augment: {},
    dataConfig: { ...(isOwn && setup.dataConfig), ...dataConfig },
  });
  const data = await loadData(other, from);
  const { names } = data.task;
  // Files of pictures name no classes, and need not hold all of them.
  if (id === 'idx' && task.kind === 'classes' && names.length <= task.names.length) return { ...data, task };
  if (show(names) === show(task.names)) return data;
  throw refusal('--from', `data with the ${task.kind} ${task.names.join(', ')}`, names.join(', '));
}

/** Whether a word is the id of a data set. */
export function isDataSet(subject: string): boolean {
  return dataSets.some(({ id }) => id === subject);
}
