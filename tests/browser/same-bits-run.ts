/** A whole DQN run on compiled steps, reduced to numbers that can be compared between engines. Runs in Node and on a page. */
import { createCompute } from '#host/compute.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

/** CleanRL's CartPole DQN for `steps` env steps, learning from step 1000 on: every parameter and moment, as bits. */
export async function runDqn(steps: number): Promise<Readonly<Record<string, readonly number[]>>> {
  // One thread by choice: a page that has no more would say why, and the label below tells of fallbacks only.
  using compute = await createCompute('simd', { threads: 1 });
  const run = resolveRun({
    world: 'cart-pole',
    agent: 'dqn',
    preset: 'cleanrl',
    config: { learningStarts: 1000 },
    seed: 7,
  });
  const trainer = await ReinforcementRun.create(run, compute);
  await trainer.advance(() => trainer.progress >= steps);
  if (compute.label !== 'simd') throw new Error(`expected compiled steps, got ${compute.label}`);
  const { agent } = await trainer.snapshot();
  trainer.dispose();
  const bits: Record<string, number[]> = {};
  collect('agent', agent, bits);
  return bits;
}

/** Every float array of a snapshot, by its path. */
function collect(path: string, value: unknown, bits: Record<string, number[]>): void {
  // The replay buffer holds what the world gave, a million numbers; the parameters depend on all of it.
  if (path.endsWith('replay')) return;
  if (value instanceof Float32Array)
    bits[path] = [...new Int32Array(value.buffer, value.byteOffset, value.length)];
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
    for (const [key, inner] of Object.entries(value)) collect(`${path}.${key}`, inner, bits);
}
