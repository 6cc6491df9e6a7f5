/** Two workers that learn together in threads, one of which dies: the run goes on from its snapshot in others. */
import { messageOf } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';
import type { Thread } from '#core/workers.ts';
import { createCompute } from '#host/compute.ts';
import { fileOf } from '#tests/subjects.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import { hold, type Note } from './note.ts';

const DIED = 'worker thread ended';

export async function deadThread(rng: Rng, note: Note): Promise<void> {
  note.name = 'two workers of a3c on cart-pole';
  using compute = await createCompute('simd', { threads: 1 });
  const { threads } = compute;
  hold(threads !== undefined, 'Node has threads');
  const started: Thread[] = [];
  const start = (): Thread => started[started.push(threads.start()) - 1];
  const seed = rng.integer(1000);
  const setup = resolveRun({ world: 'cart-pole', agent: 'a3c', config: { workers: 2, steps: 5 }, seed });
  const run = await ReinforcementRun.create(setup, { ...compute, threads: { ...threads, start } });
  try {
    const play = async (steps: number): Promise<void> => {
      const until = run.progress + steps;
      await run.advance(() => run.progress >= until);
    };
    await play(500 + rng.integer(1000));
    const { progress } = run;
    const file = await fileOf(run);
    note.fault(DIED);
    setTimeout(() => started[0].terminate(), rng.integer(30));
    const message = await untilItFails(() => play(2000));
    hold(message.includes('worker 2 of 2'), message);
    await run.restore((await decodeCheckpoint(file)).state);
    const isSame = run.progress === progress && Buffer.compare(await fileOf(run), file) === 0;
    note.kept(file.length, isSame);
    hold(isSame, 'what is restored is what was saved');
    await play(1000);
    hold(run.progress === progress + 1000, 'it goes on');
    note.trained += run.progress;
    note.recover(DIED);
  } finally {
    const ended = Promise.all(started.slice(1).map((thread) => new Promise((done) => thread.watch(done))));
    run.dispose();
    await ended;
  }
}

async function untilItFails(task: () => Promise<void>): Promise<string> {
  for (;;)
    try {
      await task();
    } catch (error) {
      return messageOf(error);
    }
}
