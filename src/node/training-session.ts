/** Trains up to a target and saves on the way: every so often, at the end, and when a signal stops it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DivergenceError } from '#core/divergence.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { DiskError } from './files.ts';
import { createProgress } from './progress.ts';
import type { RunFolder } from './run-folder.ts';
import { Saving } from './saving.ts';
import { exitCode, type Interruption } from './signals.ts';
import { reportDivergence, reportDone, reportRemarks, reportStop } from './training-report.ts';

/** Milliseconds of one slice: how soon a signal is noticed. */
const SLICE = 100;

export interface Session {
  readonly run: TrainingRun;
  readonly folder: RunFolder;
  /** The command that continues it. */
  readonly resume: string;
  /** Training steps asked for, which checkpoints keep; absent where the run's settings say how many. */
  readonly steps?: number | undefined;
  /** The progress to which it is trained, as displays show it. */
  readonly target: number;
  /** Whether nothing is left to train. */
  readonly isOver: () => boolean;
  /** What to say after training. */
  readonly remarks: () => readonly string[];
  /** Evaluates what was trained, keeps the result in the folder and prints it; absent if nobody asks. */
  readonly evaluate?: (() => Promise<void>) | undefined;
  /** Milliseconds between two checkpoints. */
  readonly saveEvery: number;
  readonly json: boolean;
  readonly interruption: Interruption;
}

/** Resolves to the exit code. */
export async function trainSession(session: Session): Promise<number> {
  const { run, folder, resume, steps, json, interruption } = session;
  const { progress: start } = run;
  try {
    await advanceToTarget(session);
    await folder.save(run, steps);
  } catch (error) {
    // The record up to the failure is kept; the last checkpoint stays, since the state may be half a step old.
    if (!(error instanceof DiskError)) folder.appendMetrics(run.recorder);
    if (error instanceof DivergenceError)
      reportDivergence(error, { json, out: folder.path, saved: folder.savedAt });
    throw error;
  }
  if (run.progress > start) reportRemarks(session.remarks());
  const { signal } = interruption;
  if (signal) {
    reportStop(run, { json, out: folder.path, resume, signal });
    return exitCode(signal);
  }
  await session.evaluate?.();
  reportDone(run, { json, out: folder.path });
  return interruption.signal === 'output' ? exitCode('output') : 0;
}

async function advanceToTarget(session: Session): Promise<void> {
  const { run, folder, steps, target, isOver, saveEvery, json, interruption } = session;
  const progress = createProgress(run, target, json);
  interruption.onStop = () => progress.stop();
  const saving = new Saving(folder, run, steps, saveEvery);
  try {
    while (!isOver() && !interruption.signal) {
      const end = performance.now() + SLICE;
      await run.advance(() => isOver() || performance.now() >= end);
      progress.show();
      await saving.keepUp();
      // Lets signal handlers and output run.
      await nextTurn();
    }
  } finally {
    progress.stop();
    interruption.onStop = () => {};
  }
}
