/** How the room's fit is fooled: one picture at one ε, and its accuracy over ε beside that of a fit trained against it. */
import { signal } from '@preact/signals';
import type { Attacked, AttackCurve, FitInfo } from '#worker/classifier/protocol.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';
import { followFit } from './follow.ts';
import { requestWith, Twin } from './twin.ts';

export type Method = 'fgsm' | 'pgd';

/** Test pictures that a curve is measured on, and its ε. */
export const MEASURED = 500;
const EPSILONS = Array.from({ length: 13 }, (_, k) => Number((k * 0.025).toFixed(3)));

/** A picture with its class. */
export interface Target {
  readonly pixels: Uint8Array;
  readonly label: number;
  /** Row of the test set; absent for the drawn digit, whose class is what the model takes it for. */
  readonly row?: number;
}

/** A curve and the fit that it is of. */
export interface Measured extends AttackCurve {
  readonly epoch: number;
  /** ε of its adversarial training; 0 without. */
  readonly trained: number;
}

export class AdversarialLook {
  readonly epsilon = signal(0.1);
  readonly method = signal<Method>('fgsm');
  readonly target = signal<Target | undefined>(undefined);
  readonly attacked = signal<Attacked | undefined>(undefined);
  readonly curve = signal<Measured | undefined>(undefined);
  /** Of the fit trained against it. */
  readonly twinCurve = signal<Measured | undefined>(undefined);
  /** ε of adversarial training. */
  readonly against = signal(0.15);
  readonly busy = signal<'curve' | 'twin' | undefined>(undefined);
  readonly twin = signal<Twin | undefined>(undefined);
  readonly failure = signal<string | undefined>(undefined);
  private readonly room: Room;
  private asking = false;
  private again = false;

  constructor(room: Room) {
    this.room = room;
    followFit(
      room.fit,
      ({ run }) => run,
      () => this.forget(),
    );
  }

  /** Takes a test picture by its row. */
  async take(row: number): Promise<void> {
    const { fit } = this.room;
    const count = fit.info.value?.counts.test ?? 0;
    if (count === 0) return;
    const at = ((row % count) + count) % count;
    const got = await fit.ask((api) => api.examples('test', Int32Array.of(at)));
    if (!got || !(got.inputs instanceof Uint8Array)) return;
    this.target.value = { pixels: got.inputs, label: got.targets[0], row: at };
    await this.attack();
  }

  /** Takes the digit on the pad. */
  async takeDrawn(): Promise<void> {
    const { fit, drawn } = this.room;
    const pixels = drawn.value;
    const chances = pixels && (await fit.ask((api) => api.predict(pixels)));
    if (!pixels || !chances) return;
    this.target.value = { pixels, label: chances.indexOf(Math.max(...chances)) };
    await this.attack();
  }

  /** Takes the same picture once more, of a model that is another one. */
  retake(): Promise<void> {
    const { value: target } = this.target;
    return target && target.row === undefined && this.room.drawn.value
      ? this.takeDrawn()
      : this.take(target?.row ?? 0);
  }

  /** Attacks the picture; of several requests in quick succession the last counts. */
  async attack(): Promise<void> {
    this.again = true;
    if (this.asking) return;
    this.asking = true;
    while (this.again) {
      this.again = false;
      const { value: target } = this.target;
      if (!target) break;
      const [epsilon, method] = [this.epsilon.value, this.method.value];
      const answer = await this.room.fit.ask((api) =>
        api.attack(target.pixels, target.label, epsilon, method),
      );
      if (answer) this.attacked.value = answer;
    }
    this.asking = false;
  }

  async measure(): Promise<void> {
    const { fit } = this.room;
    this.busy.value ??= 'curve';
    this.curve.value = (await curveOf(fit)) ?? this.curve.value;
    if (this.busy.value === 'curve') this.busy.value = undefined;
  }

  /** Trains a twin with adversarial examples for as long as the room's fit was, then measures both. */
  async trainTwin(): Promise<void> {
    const { fit } = this.room;
    const { value: info } = fit.info;
    if (!info) return;
    this.stopTwin();
    this.busy.value = 'twin';
    this.failure.value = undefined;
    this.twinCurve.value = undefined;
    await fit.pause();
    const examples = fit.progress.value.done;
    const twin = (this.twin.value = new Twin(this.room));
    const request = requestWith(info, { adversarial: this.against.value });
    const [good] = await Promise.all([twin.train(this.room, request, examples), this.measure()]);
    if (this.twin.value !== twin) return;
    if (good) this.twinCurve.value = await curveOf(twin.fit);
    else this.failure.value = twin.failure.value;
    this.stopTwin();
  }

  stopTwin(): void {
    this.twin.value?.[Symbol.dispose]();
    this.twin.value = undefined;
    this.busy.value = undefined;
  }

  /** The curves were of the fit before. */
  private forget(): void {
    this.stopTwin();
    this.failure.value = undefined;
    this.curve.value = undefined;
    this.twinCurve.value = undefined;
  }
}

async function curveOf(fit: FitStore): Promise<Measured | undefined> {
  const { value: info } = fit.info;
  if (!info) return undefined;
  const epoch = fit.epoch.value;
  const curve = await fit.ask((api) => api.robustness(EPSILONS, MEASURED));
  return curve && { ...curve, epoch, trained: Number(info.request.config['adversarial'] ?? 0) };
}

/** Why there is no training against attacks here; undefined if there is. */
export function withoutTwin({ request }: FitInfo, done: number): string | undefined {
  if (request.config['standardise'] === true) return 'It needs pixels from 0 to 1: switch Standardise off.';
  if (!('adversarial' in request.config)) return 'This model has no gradient to train against.';
  return done === 0 ? 'Train the model first: its twin trains as long.' : undefined;
}
