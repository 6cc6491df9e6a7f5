/** What `ludus train` and `ludus fit` print before, after and instead of their progress. */
import type { DivergenceError } from '#core/divergence.ts';
import type { Evaluation } from '#train/runs/evaluate.ts';
import type { ModelRun } from '#train/runs/model.ts';
import type { Run, TrainingRun } from '#train/runs/run.ts';
import type { Subject } from '#train/request/subject.ts';
import { gigabytes, MUCH_MEMORY } from '#core/bytes.ts';
import { memoryNeeded, TAKES, type Need } from '#train/request/memory.ts';
import { evaluationRow, formatEvaluation } from './evaluation.ts';
import { ludusCommand, printJson, printLine } from './output.ts';
import { summary } from './run-folder.ts';
import type { Interruption } from './signals.ts';

interface Start {
  readonly json: boolean;
  readonly label: string;
  readonly target: number;
  readonly weights: string | undefined;
}

export function reportStart(run: Run, given: Start): void {
  const { setup, unit, workers } = run;
  const { json, target, weights } = given;
  const memory = memoryNeeded(setup, unit === 'env steps' ? target : undefined).bytes;
  if (json)
    printJson({
      kind: 'start',
      ...beginning(run, given),
      ...(memory > 0 && { memoryBytes: memory }),
      ...(weights && { weights }),
    });
  else {
    printLine(headline(run, { ...given, what: setup.agent.title, on: setup.world.title }));
    if (workers > 1)
      printLine(`${workers} workers update the parameters asynchronously: no two runs are the same`);
  }
}

/** Says what a run will take before it takes it; on standard error if that is more than is free, in bytes, at the moment. */
export function reportMemory({ field, bytes }: Need, free: number, json: boolean): void {
  if (bytes < MUCH_MEMORY) return;
  const said = `its ${TAKES[field]} will take ${gigabytes(bytes)}`;
  if (bytes > free) reportRemarks([`${said}, of which ${gigabytes(free)} are free at the moment`]);
  else if (!json) printLine(said);
}

export function reportFitStart(run: ModelRun, given: Start): void {
  const { setup, data, split, model } = run;
  const { json, weights } = given;
  const parameters = model.tensors().reduce((sum, { values }) => sum + values.length, 0);
  const { size: batchSize, perEpoch, heldOut } = split;
  const counts = { train: data.train.count - heldOut, validation: heldOut, test: data.test.count };
  if (json)
    printJson({
      ...beginning(run, given),
      counts,
      batchSize,
      stepsPerEpoch: perEpoch,
      parameters,
      ...(weights && { weights }),
    });
  else {
    printLine(headline(run, { ...given, what: setup.model.title, on: data.title }));
    const held = heldOut === 0 ? '' : `, ${heldOut} held out`;
    printLine(
      `${counts.train} examples to learn from${held}, ${counts.test} to test on; ${parameters} parameters`,
    );
  }
}

/** What the first JSON line of every run says. */
function beginning(
  { subject, progress, unit, workers }: TrainingRun,
  { label, target }: Start,
): Readonly<Record<string, unknown>> {
  return {
    kind: 'start',
    ...summary(subject),
    backend: label,
    unit,
    step: progress,
    target,
    workers,
    repeatable: workers === 1,
  };
}

function headline(
  { subject, progress, unit }: TrainingRun,
  { label, weights, what, on }: Start & { readonly what: string; readonly on: string },
): string {
  const { preset, seed } = subject.request;
  const named = preset === undefined ? '' : ` (${preset})`;
  const initial = weights === undefined ? '' : `, initial weights from ${weights}`;
  const from = progress === 0 ? '' : `, resumed at ${progress} ${unit}`;
  return `${what}${named} on ${on}, seed ${seed}, ${label}${from}${initial}`;
}

/** Says that a resumed run has nothing left to train; `given` is the option that says how long, if it was given. */
export function reportComplete(
  { progress, unit, subject }: TrainingRun,
  { resume, given }: { readonly resume: string; readonly given: number | undefined },
): void {
  const option = LENGTH_OPTIONS[subject.kind];
  const where =
    given === undefined ? `the ${subject.kind} is complete` : `${option} ${given}: nothing is left to train`;
  process.stderr.write(`${where} at ${progress} ${unit}; train longer with: ${resume} ${option} <more>\n`);
}

const LENGTH_OPTIONS: Readonly<Record<Subject['kind'], string>> = { run: '--steps', fit: '--epochs' };

/** The command that continues a run, as it is typed; `from`: the user's files that it needs. */
export function resumeCommand(kind: Subject['kind'], out: string, from: readonly string[] = []): string {
  const files = from.length === 0 ? '' : ` --from ${from.map(typed).join(' ')}`;
  return `${ludusCommand()} ${kind === 'run' ? 'train' : 'fit'} --resume ${typed(out)}${files}`;
}

function typed(path: string): string {
  return /^[\w./@:+,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

export function reportStop(
  { progress, unit }: TrainingRun,
  given: { json: boolean; out: string; resume: string; signal: NonNullable<Interruption['signal']> },
): void {
  const { json, out, resume, signal } = given;
  if (json) printJson({ kind: 'stopped', signal, step: progress, out, resume });
  else printLine(`stopped at ${progress} ${unit}; resume with: ${resume}`);
}

/** On standard error, so that JSON lines stay what they are. */
export function reportRemarks(remarks: readonly string[]): void {
  for (const remark of remarks) process.stderr.write(`note: ${remark}\n`);
}

/** `saved`: progress of the checkpoint in the folder, if there is one. The error itself is printed when the command ends. */
export function reportDivergence(
  { divergence, step, advice }: DivergenceError,
  given: { json: boolean; out: string; saved: number | undefined },
): void {
  const { json, out, saved } = given;
  // JSON has no number that is not finite.
  const value = String(divergence.value);
  if (json)
    printJson({ kind: 'diverged', step, what: divergence.what, value, advice, saved: saved ?? null, out });
  else if (saved === undefined)
    printLine('stopped before the first checkpoint; nothing was saved but the record');
  else printLine(`stopped; ${out} keeps its checkpoint of ${saved}, from before it diverged`);
}

export function reportEvaluation(seed: number, evaluation: Evaluation, json: boolean): void {
  if (json) printJson({ kind: 'evaluation', ...evaluationRow(seed, evaluation) });
  else printLine(formatEvaluation(evaluation));
}

export function reportDone({ progress, finished }: TrainingRun, given: { json: boolean; out: string }): void {
  const { json, out } = given;
  if (json) printJson({ kind: 'done', step: progress, out });
  else printLine(`${finished ? 'nothing is left to train; ' : ''}saved to ${out}`);
}
