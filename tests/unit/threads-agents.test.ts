/**
 * Agents with convolutions learn the same, bit for bit, on any number of threads, and a checkpoint of one number goes on with
 * another.
 */
import { describe, expect, it } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

const requests: readonly RunRequest[] = [
  {
    world: 'breakout',
    agent: 'dqn',
    preset: 'minatar',
    config: { learningStarts: 64, replaySize: 200 },
    seed: 5,
  },
  {
    world: 'breakout',
    agent: 'ppo',
    preset: 'minatar',
    config: { steps: 16, numEnvs: 32, minibatches: 2, epochs: 2 },
    seed: 5,
  },
];

async function on<R>(
  threads: number,
  request: RunRequest,
  use: (trainer: ReinforcementRun) => Promise<R>,
): Promise<R> {
  using compute = await createCompute('simd', { threads });
  const trainer = await ReinforcementRun.create(resolveRun(request), compute);
  expect(compute.label).toMatch(threads === 1 ? /^simd$/ : new RegExp(`^simd · ${threads} threads for `));
  try {
    return await use(trainer);
  } finally {
    trainer.dispose();
  }
}

/** Paths of what differs, numbers by their bits: quicker than `toEqual` on a replay buffer. */
function differences(path: string, a: unknown, b: unknown): string[] {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    const [x, y] = [a, b].map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength));
    return x.equals(y) ? [] : [path];
  }
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null)
    return Object.is(a, b) ? [] : [`${path}: ${String(a)}, ${String(b)}`];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) =>
    differences(`${path}.${key}`, (a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

const advance = (trainer: ReinforcementRun, steps: number) =>
  trainer.advance(() => trainer.progress >= steps);

describe.each(requests)('$agent on planes', (request) => {
  const steps = request.agent === 'dqn' ? 128 : 1024;

  it('learns the same on one, two and three threads', async () => {
    const run = (threads: number) =>
      on(threads, request, async (trainer) => {
        const before = structuredClone(await trainer.snapshot());
        await advance(trainer, steps);
        expect(trainer.recorder.metricRows).toBeGreaterThan(0);
        const after = structuredClone(await trainer.snapshot());
        expect(differences('', after['agent'], before['agent'])).not.toEqual([]);
        return after;
      });
    const one = await run(1);
    expect(differences('', await run(2), one)).toEqual([]);
    expect(differences('', await run(3), one)).toEqual([]);
  });

  it('goes on from a checkpoint with another number of threads', async () => {
    const [half, whole] = await on(2, request, async (trainer) => {
      await advance(trainer, steps / 2);
      const half = structuredClone(await trainer.snapshot());
      await advance(trainer, steps);
      return [half, structuredClone(await trainer.snapshot())] as const;
    });
    const resumed = await on(3, request, async (trainer) => {
      await trainer.restore(half);
      await advance(trainer, steps);
      return structuredClone(await trainer.snapshot());
    });
    expect(differences('', resumed, whole)).toEqual([]);
  });
});
