/**
 * Trains the agents of the page's gallery of trained agents, small ones from fixed seeds, and writes their checkpoints and what is
 * said of them: `npm run gallery`. It takes a few minutes on one core.
 */
import { writeFileSync } from 'node:fs';
import { createCompute } from '#host/compute.ts';
import { encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

const FOLDER = 'src/ui/trained';
/** Bytes of a file: it is loaded when somebody looks at its agent. */
const MOST_BYTES = 300_000;
/** Rows of the record, for the curves that go on from a file. */
const KEPT_ROWS = 500;
/** Episodes of the test, and its seed. */
const [EPISODES, SEED] = [20, 1];

interface Pupil {
  readonly request: RunRequest;
  /** Env steps at most, between two tests, and the mean greedy return that is good enough. */
  readonly most: number;
  readonly between: number;
  readonly good: number;
}

const dense = (units: number, activation: 'relu' | 'tanh') => ({ kind: 'dense', units, activation });

const PUPILS: readonly Pupil[] = [
  {
    request: { world: 'frozen-lake', agent: 'q-learning', preset: 'frozen-lake', seed: 1 },
    most: 500_000,
    between: 100_000,
    good: 0.8,
  },
  { request: { world: 'cart-pole', agent: 'ppo', seed: 1 }, most: 200_000, between: 10_000, good: 500 },
  {
    request: {
      world: 'pendulum',
      agent: 'sac',
      config: { network: [dense(48, 'relu'), dense(48, 'relu')], replaySize: 10_000 },
      seed: 1,
    },
    most: 20_000,
    between: 2500,
    good: -170,
  },
  {
    request: { world: 'lunar-lander', agent: 'ppo', preset: 'lunar-lander', seed: 1 },
    most: 600_000,
    between: 50_000,
    good: 200,
  },
  {
    request: {
      world: 'breakout',
      agent: 'ppo',
      preset: 'arcade-dense',
      config: { network: [{ kind: 'flatten' }, dense(40, 'relu'), dense(40, 'relu')] },
      seed: 1,
    },
    most: 1_000_000,
    between: 100_000,
    good: 6.5,
  },
  {
    request: {
      world: 'minigrid-lava-gap',
      agent: 'ppo',
      preset: 'minigrid',
      config: { network: [{ kind: 'flatten' }, dense(20, 'tanh'), dense(20, 'tanh')] },
      seed: 1,
    },
    most: 800_000,
    between: 50_000,
    good: 0.93,
  },
];

using compute = await createCompute('simd', { threads: 1 });
const only = process.argv[2];
const facts = [];
for (const pupil of PUPILS) {
  if (only === undefined || pupil.request.world === only) facts.push(await train(pupil));
}
if (only === undefined) writeFileSync(`${FOLDER}/agents.json`, `${JSON.stringify(facts, null, 2)}\n`);

/** Trains until it is good, or as long as it may, and writes the checkpoint; returns what is said of it. */
async function train({ request, most, between, good }: Pupil) {
  const setup = resolveRun(request);
  const run = await createRun(setup, compute, KEPT_ROWS);
  let test = run.evaluate({ episodes: EPISODES, seed: SEED });
  while (test.mean < good && run.progress < most) {
    const target = run.progress + between;
    await run.advance(() => run.progress >= target);
    test = run.evaluate({ episodes: EPISODES, seed: SEED });
    process.stdout.write(
      `${request.world}, ${run.progress} steps: ${test.mean.toFixed(2)} ± ${test.std.toFixed(2)}\n`,
    );
  }
  // Without replay buffers and rollouts, which are most of it.
  const state = await run.snapshot(true);
  const file = await encodeCheckpoint({ kind: 'run', request: setup.request, steps: run.progress, state });
  if (file.length > MOST_BYTES)
    throw new Error(`${request.world}: expected at most ${MOST_BYTES} bytes, got ${file.length}`);
  writeFileSync(`${FOLDER}/agents/${request.world}.ludus`, file);
  run.dispose();
  const { world, agent, params } = setup;
  return {
    world: world.id,
    title: world.create(params).spec.title,
    agent: agent.title,
    steps: run.progress,
    bytes: file.length,
    mean: test.mean,
    std: test.std,
    episodes: EPISODES,
    seed: SEED,
  };
}
