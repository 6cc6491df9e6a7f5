/** What `ludus train` prints before, after and instead of its progress. */
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

export function reportStop(
  { progress, unit }: Run,
  given: { json: boolean; out: string; signal: NonNullable<Interruption['signal']> },
): void {
  const { json, out, signal } = given;
  const again = `npm run ludus -- train --resume ${out} --steps <n>`;
  if (json) printJson({ kind: 'stopped', signal, step: progress, out });
  else printLine(`stopped at ${progress} ${unit}; resume with: ${again}`);
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
