/** Checkpoints of fits: of which kind they are, what is wrong with one, and networks that come without their data. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '#train/checkpoints/checkpoint.ts';
import { extractModel, plantModel } from '#train/checkpoints/model-networks.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { asFit, asRun } from '#train/request/subject.ts';
import { ModelRun } from '#train/runs/model.ts';

const iris: FitRequest = {
  data: 'iris',
  model: 'linear',
  config: { standardise: true, epochs: 2, batchSize: 8, validation: 0.2 },
};

async function create(request: FitRequest): Promise<ModelRun> {
  const setup = resolveFit(request);
  const { data, dataConfig } = setup;
  if (data.kind !== 'generated') throw new Error(`${data.id}: expected data without files`);
  const loaded = data.load(parseConfig(data.config, dataConfig, 'data'));
  return ModelRun.create(setup, loaded, await createCompute('simd', { threads: 1 }));
}

async function checkpointOf(run: ModelRun): Promise<Checkpoint> {
  const { subject, progress: steps } = run;
  return decodeCheckpoint(await encodeCheckpoint({ ...subject, steps, state: await run.snapshot() }));
}

/** A checkpoint of the request with something changed. */
async function changed(change: Record<string, unknown>, kind = 'fit'): Promise<Checkpoint> {
  const request = { ...resolveFit(iris).request, ...change };
  return decodeCheckpoint(await encodeCheckpoint({ kind, request, steps: 1, state: {} } as Checkpoint));
}

describe('the checkpoint of a fit', () => {
  it('is of a fit, and no run of an agent', async () => {
    const fit = await changed({});
    expect(asFit(fit).request).toEqual(resolveFit(iris).request);
    expect(() => asRun(fit)).toThrow('(fits are for `ludus fit`), got the fit of linear on iris');
    const { request } = resolveRun({ world: 'frozen-lake', agent: 'q-learning' });
    const run = await decodeCheckpoint(await encodeCheckpoint({ kind: 'run', request, steps: 1, state: {} }));
    expect(asRun(run).request).toEqual(request);
    expect(() => asFit(run)).toThrow('got the run of q-learning on frozen-lake');
  });

  it.each<[Record<string, unknown>, string]>([
    [{ data: 7 }, 'checkpoint.request.data: expected an id, got 7'],
    [{ model: undefined }, 'checkpoint.request.model: expected an id'],
    [{ dataConfig: [] }, 'checkpoint.request.dataConfig: expected a record of values by name, got []'],
    [{ augment: 3 }, 'checkpoint.request.augment: expected a record'],
    [{ seed: {} }, 'checkpoint.request.seed: expected a whole number'],
    [{ world: 'cart-pole' }, 'checkpoint.request.world: expected one of data, dataConfig'],
  ])('is refused by the field of its request: %j', async (change, message) => {
    await expect(changed(change)).rejects.toThrow(message);
    await expect(changed(change)).rejects.toThrow(InputError);
  });

  it('is refused if it is of neither kind, or of the other', async () => {
    await expect(changed({}, 'fitting')).rejects.toThrow(
      'checkpoint.kind: expected one of run, fit, got "fitting"',
    );
    await expect(changed({}, 'run')).rejects.toThrow('checkpoint.request.world: expected an id');
  });

  it('is refused by the part of its state from which a network is read', async () => {
    const run = await create(iris);
    const state = await run.snapshot();
    const { learner } = state['model'] as { learner: Snapshot };
    const read = (part: Snapshot): unknown => extractModel(run.setup, { ...state, ...part });
    const spec = (change: object): Snapshot => ({
      spec: JSON.stringify({ shape: [4], task: run.data.task, ...change }),
    });
    expect(() => read(spec({ shape: [4, 1e9] }))).toThrow('checkpoint.spec.shape.1: expected shape and task');
    expect(() => read(spec({ task: { kind: 'classes', names: 3 } }))).toThrow('checkpoint.spec.task.names');
    expect(() => read(spec({ shape: [5] }))).toThrow('checkpoint.model: expected 18 numbers, got 15');
    expect(() => read({ scale: { gain: new Float64Array(3), bias: new Float64Array(4) } })).toThrow(
      'checkpoint.scale.gain: expected 1 or 4 numbers',
    );
    const short = { ...learner, params: new Float32Array(3) };
    expect(() => read({ model: { learner: short } })).toThrow('checkpoint.model: expected 15 numbers, got 3');
    run.dispose();
  });

  it('gives its network without the data, which predicts the same with the scale it was fitted under', async () => {
    const run = await create(iris);
    await run.advance(() => run.finished);
    const { request, state } = asFit(await checkpointOf(run));
    const { spec, scale, networks } = extractModel(resolveFit(request), state);
    expect(spec).toEqual({ shape: [4], task: run.data.task });
    expect(networks).toHaveLength(1);
    expect(scale?.gain).toHaveLength(4);
    // Another seed holds out other examples, and would scale by others.
    const other = await create({ ...iris, seed: 2 });
    expect(other.scale).not.toEqual(scale);
    await plantModel(other, extractModel(resolveFit(request), state), 'a file');
    expect(other.scale).toEqual(scale);
    expect(await other.evaluate('test')).toEqual(await run.evaluate('test'));
    const resumed = await create({ ...iris, seed: 2 });
    await resumed.restore(asFit(await checkpointOf(other)).state);
    expect(await resumed.evaluate('test')).toEqual(await run.evaluate('test'));
    for (const each of [run, other, resumed]) each.dispose();
  });
});
