/** A short DQN run with convolutions on so many threads, reduced to what must be equal in Node and in a browser's worker. */
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

export interface ThreadsRun {
  readonly label: string;
  /** The learner's parameters, as bits. */
  readonly online: readonly number[];
}

/** MinAtar's DQN on Breakout for `steps` env steps, of which all after the 64th are followed by an update. */
export async function runOnThreads(threads: number, steps: number): Promise<ThreadsRun> {
  using compute = await createCompute('simd', { threads });
  const config = { learningStarts: 64, replaySize: 200 };
  const run = resolveRun({ world: 'breakout', agent: 'dqn', preset: 'minatar', config, seed: 7 });
  const trainer = await ReinforcementRun.create(run, compute);
  await trainer.advance(() => trainer.progress >= steps);
  const values = new Float32Array(await parameters(trainer));
  trainer.dispose();
  return { label: compute.label, online: [...new Int32Array(values.buffer)] };
}

async function parameters(trainer: ReinforcementRun): Promise<Float32Array> {
  const found = find((await trainer.snapshot())['agent'], 'online');
  if (!(found instanceof Float32Array)) throw new Error('expected a snapshot with online parameters');
  return found;
}

/** The first value of that name. */
function find(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found: unknown = key === name ? inner : find(inner, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
