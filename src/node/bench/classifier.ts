/**
 * Training of the supervised models on MNIST, batches included: milliseconds per gradient step and seconds per epoch, against the
 * same step on tfjs's WebAssembly backend and the same network in PyTorch where it is installed. All sides take turns, forth and
 * back (A B B A), so that a busy machine slows all of them.
 */
import { availableParallelism } from 'node:os';
import type { DataSet } from '#core/data-set.ts';
import { median } from '#core/stats.ts';
import { createCompute } from '#host/compute.ts';
import { shippedFiles } from '#host/shipped.ts';
import { resolveFit } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';
import type { Row } from './row.ts';
import { measureTorch } from './torch.ts';

const MODELS = ['mlp', 'lenet', 'cnn'] as const;

/** Times that all sides take their turns forth and back, and milliseconds of a turn. */
const ROUNDS = 3;
const TURN = 700;

export async function* benchClassifier(filter: string): AsyncIterable<Row> {
  const ready = 'mnist, data ready';
  const rows = MODELS.map((model) => ({ model, row: rowOf(model) })).filter(({ row }) =>
    row.includes(filter),
  );
  if (rows.length === 0 && !ready.includes(filter)) return;
  const { data, milliseconds } = await mnist();
  if (ready.includes(filter))
    yield { suite: 'classifier', row: ready, value: milliseconds, unit: 'ms', vs: {} };
  for (const { model, row } of rows) yield* benchModel(model, row, data);
}

function rowOf(model: string): string {
  return `${model} batch ${batchOf(model)}`;
}

function batchOf(model: string): number {
  return Number(resolveFit({ data: 'mnist', model }).config['batchSize']);
}

async function* benchModel(model: string, row: string, data: DataSet): AsyncIterable<Row> {
  using sides = new Sides();
  await sides.add('1 thread', model, data, { threads: 1 });
  const threads = availableParallelism();
  if (threads > 1) await sides.add('threads', model, data, { threads });
  // Last, so that its tfjs backend stays the current one; compiled steps need none.
  await sides.add('tfjs', model, data, { backend: 'wasm' });
  const { layers, input, perEpoch } = sides;
  const torch: { one: number; best: number }[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    await sides.turn(false, round >= 0);
    // The script warms up on its own.
    if (round >= 0)
      for (let k = 0; k < 2; k++) {
        const network = { layers, input, batch: batchOf(model), loss: 'cross-entropy', kind: 'update' };
        const times = await measureTorch(network);
        if (times) torch.push(times);
      }
    await sides.turn(true, round >= 0);
  }
  const [one, tfjs] = [sides.time('1 thread'), sides.time('tfjs')];
  const against = (time: number): Row['vs'] => ({
    'tfjs-wasm, this step': tfjs / time,
    ...(torch.length > 0 && {
      'PyTorch, 1 thread': median(torch.map((times) => times.one)) / 1000 / time,
      'PyTorch, best': median(torch.map((times) => times.best)) / 1000 / time,
    }),
  });
  yield* rowsOf(row, one, perEpoch, against(one));
  if (threads === 1) return;
  const time = sides.time('threads');
  yield* rowsOf(`${row}, ${threads} threads`, time, perEpoch, { '1 thread': one / time, ...against(time) });
}

function* rowsOf(row: string, time: number, perEpoch: number, vs: Row['vs']): Iterable<Row> {
  yield { suite: 'classifier', row: `${row}, step`, value: time, unit: 'ms', vs };
  yield { suite: 'classifier', row: `${row}, epoch`, value: (time * perEpoch) / 1000, unit: 's', vs: {} };
}

interface Side {
  readonly run: ModelRun;
  readonly compute: Disposable;
  /** Milliseconds per step, by turn. */
  readonly times: number[];
}

/** Fits of one model that take turns. */
class Sides implements Disposable {
  private readonly sides = new Map<string, Side>();

  async add(
    name: string,
    model: string,
    data: DataSet,
    { backend = 'simd', threads }: { readonly backend?: 'simd' | 'wasm'; readonly threads?: number },
  ): Promise<void> {
    const compute = await createCompute(backend, { threads });
    const setup = resolveFit({ data: 'mnist', model, config: { epochs: 100_000 } });
    this.sides.set(name, { run: await ModelRun.create(setup, data, compute), compute, times: [] });
  }

  /** What is trained; the same for all. */
  get layers() {
    return this.first.network.layers.map(({ layer }) => layer);
  }

  get input(): readonly number[] {
    return this.first.network.input;
  }

  get perEpoch(): number {
    return this.first.split.perEpoch;
  }

  /** A turn of every side, the last one first if `backwards`. */
  async turn(backwards: boolean, counts: boolean): Promise<void> {
    const order = [...this.sides.values()];
    for (const { run, times } of backwards ? order.reverse() : order) {
      const [start, from] = [performance.now(), run.progress];
      await run.advance(() => performance.now() - start >= TURN);
      const steps = (run.progress - from) / run.split.size;
      if (counts) times.push((performance.now() - start) / steps);
    }
  }

  /** Milliseconds per step. */
  time(name: string): number {
    return median(this.sides.get(name)?.times ?? []);
  }

  [Symbol.dispose](): void {
    for (const { run, compute } of this.sides.values()) {
      run.dispose();
      compute[Symbol.dispose]();
    }
  }

  private get first(): ModelRun {
    const [side] = this.sides.values();
    return side.run;
  }
}

/** MNIST, and the milliseconds from its files, which are checked, to a data set that can be trained on. */
async function mnist(): Promise<{ readonly data: DataSet; readonly milliseconds: number }> {
  const { data: definition, dataConfig } = resolveFit({ data: 'mnist', model: 'linear' });
  const start = performance.now();
  const data = await definition.load(dataConfig, { given: [], shipped: shippedFiles() });
  return { data, milliseconds: performance.now() - start };
}
