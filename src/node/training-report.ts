/** What `ludus train` prints before, after and instead of its progress. */
import type { DivergenceError } from '#core/divergence.ts';
import type { Evaluation } from '#train/runs/evaluate.ts';
import type { Run } from '#train/runs/run.ts';
import { gigabytes, MUCH_MEMORY } from '#core/bytes.ts';
import { memoryNeeded } from '#train/request/memory.ts';
import { evaluationRow, formatEvaluation } from './evaluation.ts';
import { printJson, printLine } from './output.ts';
import { summary } from './run-folder.ts';
import type { Interruption } from './signals.ts';

export function reportStart(
  { setup, progress, unit, workers }: Run,
  given: { json: boolean; label: string; target: number; weights: string | undefined },
): void {
  const { json, label, target, weights } = given;
  const memory = memoryNeeded(setup, unit === 'env steps' ? target : undefined).bytes;
  if (json)
    printJson({
      kind: 'start',
      ...summary(setup.request),
      backend: label,
      unit,
      step: progress,
      target,
      workers,
      repeatable: workers === 1,
      ...(memory > 0 && { memoryBytes: memory }),
      ...(weights && { weights }),
    });
  else {
    const preset = setup.request.preset === undefined ? '' : ` (${setup.request.preset})`;
    const initial = weights === undefined ? '' : `, initial weights from ${weights}`;
    const from = progress === 0 ? '' : `, resumed at ${progress} ${unit}`;
    printLine(
      `${setup.agent.title}${preset} on ${setup.world.title}, seed ${setup.seed}, ${label}${from}${initial}`,
    );
    if (memory >= MUCH_MEMORY) printLine(`its replay buffer will take ${gigabytes(memory)}`);
    if (workers > 1)
      printLine(`${workers} workers update the parameters asynchronously: no two runs are the same`);
  }
}

/** Says that a resumed run has nothing left to train; `steps` are those of the option, if it was given. */
export function reportComplete(
  { progress, unit }: Run,
  { out, steps }: { readonly out: string; readonly steps: number | undefined },
): void {
  const where = steps === undefined ? 'the run is complete' : `--steps ${steps}: nothing is left to train`;
  process.stderr.write(
    `${where} at ${progress} ${unit}; train longer with: ${resumeCommand(out)} --steps <more>\n`,
  );
}

/** The command that continues a run, as it is typed. */
function resumeCommand(out: string): string {
  const path = /^[\w./@:+,-]+$/.test(out) ? out : `'${out.replaceAll("'", String.raw`'\''`)}'`;
  return `npm run ludus -- train --resume ${path}`;
}

export function reportStop(
  { progress, unit }: Run,
  given: { json: boolean; out: string; signal: NonNullable<Interruption['signal']> },
): void {
  const { json, out, signal } = given;
  const resume = resumeCommand(out);
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

export function reportDone({ progress, finished }: Run, given: { json: boolean; out: string }): void {
  const { json, out } = given;
  if (json) printJson({ kind: 'done', step: progress, out });
  else printLine(`${finished ? 'all epochs are complete; ' : ''}saved to ${out}`);
}
