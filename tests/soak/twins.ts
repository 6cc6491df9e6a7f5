/** A run that is stopped over and over, and its twin that never is: both end with the same bytes. */
import { setTimeout as later } from 'node:timers/promises';
import { describe } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import { createCompute } from '#host/compute.ts';
import { fileOf } from '#tests/subjects.ts';
import { models } from '#train/catalogue/models.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import type { Tuning } from '#train/record/recorder.ts';
import { ModelRun } from '#train/runs/model.ts';
import type { Run, TrainingRun } from '#train/runs/run.ts';
import { pick } from './half.ts';
import { hold, type Note } from './note.ts';
import { create, type Subject } from './subjects.ts';

const RESTORED = 'snapshot, restored into a new run';
/** What happens between two slices. */
const EVENTS = ['nothing', 'pause', 'change', 'restore'] as const;

/** Ten slices. */
export async function twins(subject: Subject, rng: Rng, note: Note): Promise<void> {
  // Steps that are not compiled are what holds tensors. Convolutions take seconds without.
  const choice = subject.kind === 'fit' ? 'simd' : pick(rng, ['simd', 'simd', 'simd', 'cpu'] as const);
  using alone = await createCompute(choice, { threads: 1 });
  // The same bits, whatever the number of threads.
  using shared = await createCompute(choice, { threads: pick(rng, [1, 1, 1, 2]) });
  const whole = await create(subject, alone);
  let stopped = await create(subject, shared);
  try {
    for (let slice = 0; slice < 10; slice++) {
      const until = whole.progress + 1 + rng.integer(120);
      await advance(whole, until);
      await advance(stopped, until);
      switch (pick(rng, EVENTS)) {
        case 'nothing':
          break;
        case 'pause':
          await later(rng.integer(50));
          break;
        case 'change': {
          const change = someChange(subject, whole, rng);
          if (change) hold(tune(whole, change) === tune(stopped, change), 'both take a change, or neither');
          break;
        }
        case 'restore': {
          note.fault(RESTORED);
          const file = await fileOf(stopped);
          stopped.dispose();
          stopped = await create(subject, shared);
          await stopped.restore((await decodeCheckpoint(file)).state);
          const again = await fileOf(stopped);
          const isSame = Buffer.compare(again, file) === 0;
          note.kept(file.length, isSame);
          hold(isSame, 'what is read is what was written');
          note.recover(RESTORED);
          break;
        }
      }
    }
    note.trained += whole.progress + stopped.progress;
    hold(whole.progress === stopped.progress, `progress: ${whole.progress} and ${stopped.progress}`);
    hold(
      Buffer.compare(await fileOf(whole), await fileOf(stopped)) === 0,
      'the same bytes as the run that never stopped',
    );
  } finally {
    whole.dispose();
    stopped.dispose();
  }
}

export async function advance(run: TrainingRun, until: number): Promise<void> {
  await run.advance(() => run.finished || run.progress >= until);
}

/** Half of a live setting's default up to the default, or some weight of the reward. */
function someChange(subject: Subject, run: TrainingRun, rng: Rng): Tuning | undefined {
  const weights = run.subject.kind === 'run' ? Object.keys(run.subject.request.rewards) : [];
  if (weights.length > 0 && rng.uniform() < 0.3)
    return { kind: 'reward', key: pick(rng, weights), value: 0.5 + rng.uniform() };
  const table =
    subject.kind === 'run'
      ? subject.agent.config
      : models.find(({ id }) => id === subject.request.model)?.config;
  const live = (table ? describe(table) : []).flatMap((field) =>
    field.live && field.kind === 'number' ? [field] : [],
  );
  if (live.length === 0) return undefined;
  const { key, min, max, integer, default: usual } = pick(rng, live);
  const value = Math.min(max, Math.max(min, usual * (0.5 + rng.uniform() / 2)));
  return { kind: 'agent', key, value: integer ? Math.round(value) : value };
}

/** Whether a change was taken: some are refused beside other settings. */
function tune(run: TrainingRun, change: Tuning): boolean {
  try {
    if (run instanceof ModelRun) run.tune(change);
    else (run as Run).tune(change);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
