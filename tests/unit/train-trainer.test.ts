import { describe, expect, it } from 'vitest';
import type { Agent, AgentDefinition } from '#core/agent.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { Compute } from '#compile/step.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { evaluate } from '#train/runs/evaluate.ts';
import { resolveRun, type RunRequest, type RunSetup } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

function refuse(name: string): never {
  throw new Error(`${name}: nothing to compile here`);
}

/** Tabular agents compile nothing; asking for it would be an error of theirs. */
const compute: Compute = { label: 'none', compile: refuse, infer: refuse };

const request: RunRequest = { world: 'frozen-lake', agent: 'q-learning', config: { numEnvs: 3 } };

async function start(given: Partial<RunRequest> = {}): Promise<ReinforcementRun> {
  return ReinforcementRun.create(resolveRun({ ...request, ...given }), compute);
}

function until(trainer: ReinforcementRun, steps: number): void {
  expect(trainer.advance(() => trainer.progress >= steps)).toBeUndefined();
}

/** The run with its agent's functions changed, to see what the trainer makes of it. */
function altered(setup: RunSetup, change: (agent: Agent) => Partial<Agent>): RunSetup {
  const { agent } = setup;
  if (agent.kind !== 'agent') throw new Error(agent.id);
  const changed: AgentDefinition<Compute> = {
    ...agent,
    create: async (...args) => {
      const real = await agent.create(...args);
      return Object.assign(Object.create(real) as Agent, change(real));
    },
  };
  return { ...setup, agent: changed };
}

function deferred(setup: RunSetup): RunSetup {
  return altered(setup, (agent) => ({ update: async () => agent.update() }));
}

async function throughFile(trainer: ReinforcementRun): Promise<Snapshot> {
  const { setup, progress: steps } = trainer;
  const bytes = await encodeCheckpoint({
    kind: 'run',
    request: setup.request,
    steps,
    state: await trainer.snapshot(),
  });
  return (await decodeCheckpoint(bytes)).state;
}

describe('Trainer.advance', () => {
  it('makes at least one step of every slot and counts them all', async () => {
    const trainer = await start();
    void trainer.advance(() => true);
    expect(trainer.progress).toBe(3);
    until(trainer, 9_000);
    expect(trainer.progress).toBe(9_000);
    const { step, slot, length, return: returns } = trainer.recorder.episodesSince(0);
    expect(trainer.recorder.episodes).toBe(step.length);
    const perSlot = [0, 1, 2].map((i) => length.filter((_, k) => slot[k] === i).reduce((a, b) => a + b, 0));
    // Finished episodes and the running ones make up every slot's steps.
    perSlot.forEach((sum, i) => expect(sum + running(trainer, i)).toBe(3_000));
    expect(new Set(returns)).toEqual(new Set([0, 1]));
    expect([...step]).toEqual([...step].toSorted((a, b) => a - b));
  });

  it('gives the same run for a seed and another for another', async () => {
    const snapshots = await Promise.all(
      [5, 5, 6].map(async (seed) => {
        const trainer = await start({ seed });
        until(trainer, 3_000);
        return trainer.snapshot();
      }),
    );
    expect(snapshots[1]).toEqual(snapshots[0]);
    expect(snapshots[2]).not.toEqual(snapshots[0]);
  });

  it('does the same with an asynchronous agent, awaiting it', async () => {
    const sync = await start();
    const later = await ReinforcementRun.create(deferred(resolveRun(request)), compute);
    until(sync, 1_500);
    const slice = later.advance(() => later.progress >= 1_500);
    expect(slice).toBeInstanceOf(Promise);
    expect(() => later.advance(() => true)).toThrow('previous slice');
    // A snapshot asked for in the middle comes from the end of the slice, never from half a step.
    const snapshot = await later.snapshot();
    await slice;
    expect(snapshot).toEqual(await sync.snapshot());
  });

  it.each([
    ['at once', (): never => fail()],
    ['later', async (): Promise<never> => fail()],
  ])('names agent, world and step of an error that comes %s', async (_, update) => {
    const trainer = await ReinforcementRun.create(
      altered(resolveRun(request), () => ({ update })),
      compute,
    );
    await expect(async () => trainer.advance(() => false)).rejects.toThrow(
      'q-learning on frozen-lake, step 3: the table is gone',
    );
  });
});

describe('Trainer.snapshot and restore', () => {
  it.each(['q-learning', 'monte-carlo', 'q-lambda', 'dyna-q'])(
    '%s goes on as if it had never stopped',
    async (agent) => {
      const whole = await start({ agent, config: {} });
      until(whole, 4_000);
      const first = await start({ agent, config: {} });
      until(first, 1_777);
      const saved = await throughFile(first);
      until(first, 2_500);
      const second = await start({ agent, config: {}, seed: 99 });
      until(second, 60);
      await second.restore(saved);
      expect(second.progress).toBe(1_777);
      until(second, 4_000);
      expect(await second.snapshot()).toEqual(await whole.snapshot());
    },
  );

  it('is a copy: going on does not change it', async () => {
    const trainer = await start();
    until(trainer, 300);
    const saved = await trainer.snapshot();
    const before = structuredClone(saved);
    until(trainer, 3_000);
    expect(saved).toEqual(before);
  });

  it('refuses a checkpoint of other rules', async () => {
    const trainer = await start();
    const saved = { ...(await trainer.snapshot()), worldVersion: 99 };
    await expect(trainer.restore(saved)).rejects.toThrow('checkpoint: expected frozen-lake version');
  });
});

describe('Trainer.tune', () => {
  it('changes a reward weight at once and marks it', async () => {
    const trainer = await start();
    until(trainer, 300);
    trainer.tune({ kind: 'reward', key: 'ice', value: '-1' });
    const from = trainer.recorder.episodes + 3;
    until(trainer, 3_000);
    const { return: returns, length } = trainer.recorder.episodesSince(from);
    returns.forEach((value, i) => expect([-length[i] + 1, -length[i] + 2]).toContain(value));
    expect(trainer.recorder.marks).toEqual([{ step: 300, kind: 'reward', key: 'ice', value: -1 }]);
    expect(trainer.setup.request.rewards['ice']).toBe(-1);
  });

  it('hands live fields to the agent; a checkpoint keeps them', async () => {
    const trainer = await start();
    until(trainer, 300);
    trainer.tune({ kind: 'agent', key: 'stepSize', value: 0.5 });
    until(trainer, 600);
    const again = await start();
    await again.restore(await throughFile(trainer));
    expect(again.setup.config['stepSize']).toBe(0.5);
    until(trainer, 3_000);
    until(again, 3_000);
    expect(await again.snapshot()).toEqual(await trainer.snapshot());
  });

  it.each([
    ['agent', 'gama', 0.5, 'agent.gama'],
    ['agent', 'stepSize', 'much', 'agent.stepSize'],
    ['agent', 'numEnvs', 2, 'agent.numEnvs: expected a setting that can change'],
    ['reward', 'gaol', 1, 'reward.gaol'],
    ['reward', 'goal', 'x', 'reward.goal'],
  ] as const)('refuses %s %s = %j and goes on unchanged', async (kind, key, value, message) => {
    const [trainer, untouched] = [await start(), await start()];
    until(trainer, 300);
    expect(() => trainer.tune({ kind, key, value })).toThrow(message);
    until(trainer, 600);
    until(untouched, 600);
    expect(await trainer.snapshot()).toEqual(await untouched.snapshot());
  });
});

describe('evaluate', () => {
  it('plays whole greedy episodes, the same for a seed, and leaves the training alone', async () => {
    const trainer = await start();
    until(trainer, 30_000);
    const before = await trainer.snapshot();
    const options = { episodes: 57, seed: 4 };
    const first = evaluate(trainer.setup, trainer.agent, options);
    expect(first.returns).toHaveLength(57);
    expect(first.mean).toBeGreaterThan(0.5);
    expect(first.mean).toBeCloseTo([...first.returns].reduce((a, b) => a + b, 0) / 57, 12);
    expect(evaluate(trainer.setup, trainer.agent, options)).toEqual(first);
    expect(evaluate(trainer.setup, trainer.agent, { ...options, seed: 5 })).not.toEqual(first);
    expect(await trainer.snapshot()).toEqual(before);
  });

  it('cuts off what would not end', async () => {
    const trainer = await start({ params: { maxSteps: 0, slippery: false } });
    // All values are equal, so the first greedy action is repeated or wanders: a cap of two steps always comes first.
    const { capped, lengths } = evaluate(trainer.setup, trainer.agent, { episodes: 5, seed: 1, maxSteps: 1 });
    expect(capped).toBe(5);
    expect([...lengths]).toEqual([1, 1, 1, 1, 1]);
  });

  it.each([0, -1, 1.5])('refuses %d episodes', async (episodes) => {
    const { setup, agent } = await start();
    expect(() => evaluate(setup, agent, { episodes, seed: 1 })).toThrow('episodes');
  });
});

function running({ env }: ReinforcementRun, slot: number): number {
  return env.terminated[slot] | env.truncated[slot] ? 0 : env.episodeLength[slot];
}

function fail(): never {
  throw new Error('the table is gone');
}
