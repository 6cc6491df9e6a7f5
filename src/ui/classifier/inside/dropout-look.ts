/**
 * Features of an autoencoder without and with dropout, trained side by side: Srivastava et al. 2014, Fig. 7, whose autoencoders
 * have 256 rectified linear units and drop half of them.
 */
import { batch, signal } from '@preact/signals';
import type { Parameter } from '#core/fit.ts';
import type { FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import type { Room } from '../state/room.ts';
import { followFit } from './follow.ts';
import { Twin } from './twin.ts';

export const UNITS = 256;
/** Milliseconds between two looks at the features that are being learned. */
const GAP = 1000;

/** The weights of the first layer as pictures. */
export interface Features {
  /** [units × pixels] */
  readonly values: Float32Array;
  /** The size of a large weight: all but one in 500 are smaller. */
  readonly reach: number;
  readonly epoch: number;
  /** Mean squared error on the test pictures, once training is over. */
  readonly error?: number;
}

export class DropoutLook {
  readonly epochs = signal(5);
  readonly rate = signal(0.5);
  readonly without = signal<Features | undefined>(undefined);
  readonly withDropout = signal<Features | undefined>(undefined);
  readonly shape = signal<readonly number[]>([]);
  readonly busy = signal(false);
  readonly failure = signal<string | undefined>(undefined);
  private readonly room: Room;
  private twins: readonly Twin[] = [];

  constructor(room: Room) {
    this.room = room;
    followFit(
      room.fit,
      ({ request }) => request.data,
      () => this.forget(),
    );
  }

  /** Trains both, each in a worker of its own. */
  async train(): Promise<void> {
    const { value: info } = this.room.fit.info;
    if (!info) return;
    this.stop();
    const twins = [new Twin(this.room), new Twin(this.room)];
    this.twins = twins;
    batch(() => {
      this.busy.value = true;
      this.failure.value = undefined;
      this.without.value = undefined;
      this.withDropout.value = undefined;
      this.shape.value = info.shape;
    });
    await this.room.fit.pause();
    const goals = [this.without, this.withDropout];
    const learn = (twin: Twin, k: number): Promise<void> =>
      this.learn(twin, goals[k], requestOf(info, this.epochs.value, k === 0 ? 0 : this.rate.value));
    await Promise.all(twins.map(learn));
    if (this.twins === twins) this.stop();
  }

  stop(): void {
    this.twins.forEach((twin) => twin[Symbol.dispose]());
    this.twins = [];
    this.busy.value = false;
  }

  /** The features were of other data. */
  private forget(): void {
    this.stop();
    this.failure.value = undefined;
    this.without.value = undefined;
    this.withDropout.value = undefined;
  }

  private async learn(twin: Twin, into: DropoutLook['without'], request: FitRequest): Promise<void> {
    const training = { over: false };
    const done = twin.train(this.room, request, Infinity).finally(() => (training.over = true));
    while (this.twins.includes(twin) && !training.over) {
      await this.show(twin, into);
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, GAP))]);
    }
    const good = await done;
    if (!this.twins.includes(twin)) return;
    if (!good) this.failure.value = twin.failure.value;
    else {
      await this.show(twin, into);
      const scores = await twin.fit.evaluate('test');
      if (scores && into.value) into.value = { ...into.value, error: scores.loss };
    }
  }

  private async show({ fit }: Twin, into: DropoutLook['without']): Promise<void> {
    if (!fit.ready.value) return;
    const epoch = fit.epoch.value;
    const tensors = await fit.ask((api) => api.tensors());
    const kernel = tensors?.find(({ name }) => name.endsWith('kernel'));
    if (!kernel) return;
    const sizes = kernel.values.map(Math.abs).sort();
    into.value = { values: columnsOf(kernel), reach: sizes[Math.floor(0.998 * sizes.length)], epoch };
  }
}

/** An autoencoder of the room's data. */
function requestOf({ request }: FitInfo, epochs: number, rate: number): FitRequest {
  const { data, dataConfig, seed } = request;
  // Starts small, so that the features stand out from the noise that they started from; smaller still, many units die at once.
  const dense = { kind: 'dense', units: UNITS, activation: 'relu', gain: 0.3 };
  const hidden = [{ kind: 'flatten' }, dense];
  const network = rate > 0 ? [...hidden, { kind: 'dropout', rate }] : hidden;
  return { data, dataConfig, seed, model: 'autoencoder', config: { network, epochs } };
}

/** A kernel [inputs, units] as [units, inputs]. */
function columnsOf({ shape: [inputs, units], values }: Parameter): Float32Array {
  const columns = new Float32Array(values.length);
  for (let k = 0; k < inputs; k++)
    for (let unit = 0; unit < units; unit++) columns[unit * inputs + k] = values[k * units + unit];
  return columns;
}
