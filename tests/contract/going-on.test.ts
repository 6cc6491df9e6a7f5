/**
 * Going on equals never having stopped: whatever is saved to a file in mid-run and read into a new run ends with the same
 * bytes, parameters, optimizers, replay buffers, records and worlds alike. Every agent in a world of each group, and every model.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { loadData } from '#node/fit-options.ts';
import { fileOf, fitFor, requestsFor } from '#tests/subjects.ts';
import { agents } from '#train/catalogue/agents.ts';
import { models } from '#train/catalogue/models.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { resolveRun } from '#train/request/resolve.ts';
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

const cells = agents
  .flatMap(requestsFor)
  .map((request, k) => ({ name: `${k + 1}: ${request.agent} on ${request.world}`, request }));

describe('a run that goes on from a file is the run that never stopped', () => {
  it.each(cells)('$name', async ({ request }) => {
    await goesOn(async () => createRun(resolveRun(request), compute), 70, 130);
  });
});

describe('a fit that goes on from a file is the fit that never stopped', () => {
  it.each(models.map(({ id }) => id))('%s', async (model) => {
    const setup = resolveFit(fitFor(model));
    const loaded = await loadData(setup, undefined);
    // In the middle of an epoch.
    await goesOn(async () => ModelRun.create(setup, loaded, compute), 80, 130);
  });
});
