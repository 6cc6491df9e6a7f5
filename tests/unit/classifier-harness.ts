/** The classifier's worker behind its protocol, in the thread of a test over a MessageChannel, and small fits for it. */
import { expose, wrap, transfer } from 'comlink';
import { afterEach, beforeEach } from 'vitest';
import type { DataSource } from '#core/data-set.ts';
import { createCompute } from '#host/compute.ts';
import { ClassifierSession } from '#worker/classifier/session.ts';
import type { ClassifierApi, FitRequest } from '#worker/classifier/protocol.ts';
import type { Outcome, TrainerEvent } from '#worker/protocol.ts';
import { idx } from './idx-files.ts';

/** Commands as the page calls them, each with a promise of its answer. */
type Remote = {
  readonly [K in keyof ClassifierApi]: (
    ...args: Parameters<ClassifierApi[K]>
  ) => Promise<Awaited<ReturnType<ClassifierApi[K]>>>;
};

export let api: Remote;
let session: ClassifierSession;
export let events: TrainerEvent[];
let ports: MessagePort[];

/** A session for every test of the file that calls this. */
export function useClassifier(): void {
  beforeEach(() => {
    const { port1, port2 } = new MessageChannel();
    const channel = new MessageChannel();
    session = new ClassifierSession({
      createCompute,
      shipped: (): DataSource['shipped'] => () => Promise.reject(new Error('expected no shipped files')),
      now: () => performance.now(),
      yield: () => new Promise((resolve) => setImmediate(resolve)),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
    expose(session, port2);
    api = wrap(port1) as unknown as Remote;
    events = [];
    channel.port1.onmessage = ({ data }: MessageEvent<TrainerEvent>) => {
      events.push(data);
      if (data.kind === 'batch') channel.port1.postMessage({ kind: 'taken' });
    };
    ports = [port1, port2, channel.port1, channel.port2];
    void api.connect(transfer(channel.port2, [channel.port2]));
  });
  afterEach(async () => {
    await session.dispose();
    ports.forEach((port) => port.close());
  });
}

export const IRIS: FitRequest = {
  data: 'iris',
  model: 'mlp',
  config: {
    epochs: 400,
    batchSize: 16,
    standardise: true,
    network: [{ kind: 'dense', units: 8, activation: 'relu' }],
    learningRate: 0.02,
  },
};

/** 8×8 pictures of a bright row, whose number is the class; dim elsewhere. */
export const CLASSES = 4;
const TRAINED = 160;
export const TESTED = 100;

function pictures(count: number, salt: number): Uint8Array<ArrayBuffer> {
  const noise = (k: number): number => ((k * 7919 + salt) * 104_729) % 61;
  const values = Array.from({ length: count * 64 }, (_, k) => {
    const [picture, row] = [Math.floor(k / 64), Math.floor((k % 64) / 8)];
    return row === 2 * (picture % CLASSES) ? 195 + noise(k) : noise(k);
  });
  return idx([count, 8, 8], values);
}

const labels = (count: number): Uint8Array<ArrayBuffer> =>
  idx(
    [count],
    Array.from({ length: count }, (_, k) => k % CLASSES),
  );

const files = (): File[] => [
  new File([pictures(TRAINED, 1)], 'train-pictures'),
  new File([labels(TRAINED)], 'train-labels'),
  new File([pictures(TESTED, 2)], 'test-pictures'),
  new File([labels(TESTED)], 'test-labels'),
];

const NETWORK = [
  { kind: 'conv2d', filters: 3, size: 3, activation: 'relu' },
  { kind: 'batchNorm' },
  { kind: 'flatten' },
  { kind: 'dense', units: 5, activation: 'relu' },
];
export const PICTURES: FitRequest = {
  data: 'idx',
  model: 'mlp',
  config: { epochs: 3, batchSize: 16, learningRate: 0.01, network: NETWORK },
};

export async function create(request: FitRequest) {
  return valueOf(
    await api.create({ request, backend: 'simd', files: request.data === 'idx' ? files() : [] }),
  );
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** The fields that a refusal names. */
export async function refusal(asked: Promise<Outcome<unknown>>): Promise<readonly string[]> {
  const outcome = await asked;
  return outcome.ok ? ['accepted'] : outcome.problems.map(({ field }) => field);
}

export async function trained(request = PICTURES): Promise<void> {
  await create(request);
  for (let epoch = 0; epoch < 3; epoch++) await api.step('epoch');
}

/** Examples that the page has heard of. */
export function progress(): number {
  return events.reduce((most, event) => (event.kind === 'batch' ? Math.max(most, event.progress) : most), 0);
}
