/**
 * Going on equals never having stopped: whatever is saved to a file in mid-run and read into a new run ends with the same
 * bytes, parameters, optimizers, replay buffers, records and worlds alike. Every agent in a world of each group, and every model.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { loadData } from '#node/fit-options.ts';
import { quick } from '#package/contract/quick.ts';
import { givenTo } from '#package/contract/random-recording.ts';
import { agents } from '#train/catalogue/agents.ts';
import { models } from '#train/catalogue/models.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { ModelRun } from '#train/runs/model.ts';
import type { TrainingRun } from '#train/runs/run.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => compute[Symbol.dispose]());

async function advance(run: TrainingRun, until: number): Promise<void> {
  await run.advance(() => run.finished || run.progress >= until);
}

async function fileOf(run: TrainingRun): Promise<Uint8Array<ArrayBuffer>> {
  const { subject, progress: steps } = run;
  return encodeCheckpoint({ ...subject, steps, state: await run.snapshot() });
}

/** Trains to `end`, once at a stretch and once over a file that was written at `middle`. */
async function goesOn(create: () => Promise<TrainingRun>, middle: number, end: number): Promise<void> {
  const [whole, first, second] = [await create(), await create(), await create()];
  await advance(whole, end);
  await advance(first, middle);
  const file = await fileOf(first);
  first.dispose();
  await second.restore((await decodeCheckpoint(file)).state);
  expect(Buffer.compare(await fileOf(second), file), 'what is read is what was written').toBe(0);
  await advance(second, end);
  expect(second.progress).toBe(whole.progress);
  expect(whole.progress).toBeGreaterThan(middle);
  expect(Buffer.compare(await fileOf(second), await fileOf(whole)), 'the same in the end').toBe(0);
  whole.dispose();
  second.dispose();
}

/** What an agent is tried with beside its quick settings: its other kinds of networks, memories and buffers. */
const kinds: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  dqn: [{}, { prioritized: true, dueling: true, noisy: true, distribution: 'quantile' }],
  ppo: [{}, { memory: 'gru', memorySize: 8, sequenceLength: 4 }],
};

/** In each group of worlds the first that an agent with these settings plays. */
function requestsFor(agent: (typeof agents)[number]): readonly RunRequest[] {
  const groups = [...new Set(worlds.map(({ group }) => group))];
  return (kinds[agent.id] ?? [{}]).flatMap((kind) =>
    groups.flatMap((group) => {
      const requests = worlds
        .filter((world) => world.group === group)
        .map(({ id }) => ({
          world: id,
          agent: agent.id,
          config: quick(agent, kind),
          ...givenTo(agent, id),
        }));
      return requests.find((request) => !problemOf(() => resolveRun(request))) ?? [];
    }),
  );
}

const cells = agents
  .flatMap(requestsFor)
  .map((request, k) => ({ name: `${k + 1}: ${request.agent} on ${request.world}`, request }));

describe('a run that goes on from a file is the run that never stopped', () => {
  it.each(cells)('$name', async ({ request }) => {
    await goesOn(async () => createRun(resolveRun(request), compute), 70, 130);
  });
});

const small = [{ kind: 'flatten' }, { kind: 'dense', units: 6 }, { kind: 'dropout', rate: 0.2 }];
/** Data and settings under which each model is small. */
const fits: Readonly<Record<string, Partial<FitRequest>>> = {
  perceptron: { data: 'gauss' },
  linear: { data: 'iris', config: { standardise: true } },
  mlp: { data: 'spiral', config: { network: small, validation: 0.2 } },
  lenet: { data: 'mnist', dataConfig: { trainLimit: 64 }, augment: { shift: 2 } },
  cnn: { data: 'mnist', dataConfig: { trainLimit: 64 }, augment: { rotation: 10 } },
  gru: { data: 'mnist-1d' },
  autoencoder: { data: 'mnist', dataConfig: { trainLimit: 64 } },
};

describe('a fit that goes on from a file is the fit that never stopped', () => {
  it.each(models.map(({ id }) => id))('%s', async (model) => {
    const { data = 'iris', config, ...rest } = fits[model];
    const batches = model === 'perceptron' ? {} : { batchSize: 16 };
    const setup = resolveFit({ data, model, ...rest, config: { ...batches, epochs: 50, ...config } });
    const loaded = await loadData(setup, undefined);
    // In the middle of an epoch.
    await goesOn(async () => ModelRun.create(setup, loaded, compute), 80, 130);
  });
});
