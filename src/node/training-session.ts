/** Trains up to a target and saves on the way: every so often, at the end, and when a signal stops it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DivergenceError } from '#core/divergence.ts';
import { remarksAfter } from '#train/runs/remarks.ts';
import type { Run } from '#train/runs/run.ts';
import { createProgress } from './progress.ts';
import type { RunFolder } from './run-folder.ts';
import { exitCode, type Interruption } from './signals.ts';
import {
  reportDivergence,
  reportDone,
  reportEvaluation,
  reportRemarks,
  reportStop,
} from './training-report.ts';

/** Milliseconds of one slice: how soon a signal is noticed. */
const SLICE = 100;

export interface Session {
  readonly run: Run;
  readonly folder: RunFolder;
  /** Training steps asked for; `progressAfter` gives the progress that they mean. */
  readonly steps: number;
  /** Of the final evaluation; 0 for none. */
  readonly episodes: number;
  /** Milliseconds between two checkpoints. */
  readonly saveEvery: number;
  readonly json: boolean;
  readonly interruption: Interruption;
}

/** Resolves to the exit code. */
export async function trainSession(session: Session): Promise<number> {
  const { run, folder, steps, episodes, json, interruption } = session;
  try {
    await advanceToTarget(session);
    await folder.save(run, steps);
  } catch (error) {
    // The record up to the failure is kept; the last checkpoint stays, since the state may be half a step old.
    folder.appendMetrics(run.recorder);
    if (error instanceof DivergenceError)
      reportDivergence(error, { json, out: folder.path, saved: folder.savedAt });
    throw error;
  }
  reportRemarks(remarksAfter(run));
  const { signal } = interruption;
  if (signal) {
    reportStop(run, { json, out: folder.path, signal });
    return exitCode(signal);
  }
  if (episodes > 0) {
    const { seed } = run.setup;
    const evaluation = run.evaluate({ episodes, seed });
    await folder.saveEvaluation(seed, evaluation);
    reportEvaluation(seed, evaluation, json);
  }
  reportDone(run, { json, out: folder.path });
  return interruption.signal === 'output' ? exitCode('output') : 0;
}

async function advanceToTarget({
  run,
  folder,
  steps,
  saveEvery,
  json,
  interruption,
}: Session): Promise<void> {
  const target = run.progressAfter(steps);
  const progress = createProgress(run, target, json);
  interruption.onStop = () => progress.stop();
  let nextSave = performance.now() + saveEvery;
  try {
    while (run.progress < target && !run.finished && !interruption.signal) {
      const end = performance.now() + SLICE;
      await run.advance(() => run.progress >= target || run.finished || performance.now() >= end);
      folder.appendMetrics(run.recorder);
      progress.show();
      const started = performance.now();
      if (started >= nextSave) {
        await folder.save(run, steps);
        // A large replay buffer takes seconds to write: spend at most a twentieth of the time on it.
        const took = performance.now() - started;
        nextSave = performance.now() + Math.max(saveEvery, 20 * took);
      }
      // Lets signal handlers and output run.
      await nextTurn();
    }
  } finally {
    progress.stop();
    interruption.onStop = () => {};
  }
}
