/** Trains up to a target and saves on the way: every so often, at the end, and when a signal stops it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { evaluate } from '#train/runs/evaluate.ts';
import type { Trainer } from '#train/runs/trainer.ts';
import { createProgress } from './progress.ts';
import type { RunFolder } from './run-folder.ts';
import { exitCode, type Interruption } from './signals.ts';
import { reportDone, reportEvaluation, reportStop } from './training-report.ts';

/** Milliseconds of one slice: how soon a signal is noticed. */
const SLICE = 100;

export interface Session {
  readonly trainer: Trainer;
  readonly folder: RunFolder;
  /** Env steps. */
  readonly target: number;
  /** Of the final evaluation; 0 for none. */
  readonly episodes: number;
  /** Milliseconds between two checkpoints. */
  readonly saveEvery: number;
  readonly json: boolean;
  readonly interruption: Interruption;
}

/** Resolves to the exit code. */
export async function trainSession(session: Session): Promise<number> {
  const { trainer, folder, episodes, json, interruption } = session;
  try {
    await advanceToTarget(session);
  } catch (error) {
    // The record up to the failure is kept; the last checkpoint stays, since the state may be half a step old.
    folder.appendMetrics(trainer.recorder);
    folder.close();
    throw error;
  }
  await folder.save(trainer);
  const { signal } = interruption;
  if (signal) {
    folder.close();
    reportStop(trainer, { json, out: folder.path, signal });
    return exitCode(signal);
  }
  if (episodes > 0) {
    const { run, agent, moments } = trainer;
    const evaluation = evaluate(run, agent, { episodes, seed: run.seed, moments });
    await folder.saveEvaluation(run.seed, evaluation);
    reportEvaluation(run.seed, evaluation, json);
  }
  folder.close();
  reportDone(trainer, { json, out: folder.path });
  return 0;
}

async function advanceToTarget({
  trainer,
  folder,
  target,
  saveEvery,
  json,
  interruption,
}: Session): Promise<void> {
  const progress = createProgress(trainer, target, json);
  let nextSave = performance.now() + saveEvery;
  try {
    while (trainer.steps < target && !interruption.signal) {
      const end = performance.now() + SLICE;
      await trainer.advance(() => trainer.steps >= target || performance.now() >= end);
      folder.appendMetrics(trainer.recorder);
      progress.show();
      const started = performance.now();
      if (started >= nextSave) {
        await folder.save(trainer);
        // A large replay buffer takes seconds to write: spend at most a twentieth of the time on it.
        const took = performance.now() - started;
        nextSave = performance.now() + Math.max(saveEvery, 20 * took);
      }
      // Lets signal handlers and output run.
      await nextTurn();
    }
  } finally {
    progress.stop();
  }
}
