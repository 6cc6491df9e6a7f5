/** What `ludus train` prints before, after and instead of its progress. */
import type { Evaluation } from '#train/runs/evaluate.ts';
import type { Trainer } from '#train/runs/trainer.ts';
import { evaluationRow, formatEvaluation } from './evaluation.ts';
import { printJson, printLine } from './output.ts';
import { summary } from './run-folder.ts';
import type { Interruption } from './signals.ts';

export function reportStart(
  trainer: Trainer,
  given: { json: boolean; label: string; target: number; weights: string | undefined },
): void {
  const { run, steps, workers } = trainer;
  const { json, label, target, weights } = given;
  if (json)
    printJson({
      kind: 'start',
      ...summary(run.request),
      backend: label,
      step: steps,
      target,
      workers,
      repeatable: workers === 1,
      ...(weights && { weights }),
    });
  else {
    const preset = run.request.preset === undefined ? '' : ` (${run.request.preset})`;
    const initial = weights === undefined ? '' : `, initial weights from ${weights}`;
    const from = steps === 0 ? '' : `, resumed at step ${steps}`;
    printLine(
      `${run.agent.title}${preset} on ${run.world.title}, seed ${run.seed}, ${label}${from}${initial}`,
    );
    if (workers > 1)
      printLine(`${workers} workers update the parameters asynchronously: no two runs are the same`);
  }
}

export function reportStop(
  trainer: Trainer,
  given: { json: boolean; out: string; signal: NonNullable<Interruption['signal']> },
): void {
  const { json, out, signal } = given;
  const again = `npm run ludus -- train --resume ${out} --steps <n>`;
  if (json) printJson({ kind: 'stopped', signal, step: trainer.steps, out });
  else printLine(`stopped at step ${trainer.steps}; resume with: ${again}`);
}

export function reportEvaluation(seed: number, evaluation: Evaluation, json: boolean): void {
  if (json) printJson({ kind: 'evaluation', ...evaluationRow(seed, evaluation) });
  else printLine(formatEvaluation(evaluation));
}

export function reportDone(trainer: Trainer, given: { json: boolean; out: string }): void {
  const { json, out } = given;
  if (json) printJson({ kind: 'done', step: trainer.steps, out });
  else printLine(`saved to ${out}`);
}
