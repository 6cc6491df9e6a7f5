/**
 * A drawn digit and what the fit makes of it. The worker is asked about the newest digit only, one question at a time, so that a
 * fast pen waits for nothing.
 */
import { argmax } from '#core/argmax.ts';
import { computed, effect, signal, untracked, type Signal } from '@preact/signals';
import { DIGIT_SIDE } from '#data/draw.ts';
import type { FitStore } from './fit-store.ts';

/** Grey bytes [28 × 28] as MNIST has them. */
export type Digit = Uint8Array<ArrayBuffer>;

/** What the fit makes of one digit. */
export interface Reading {
  readonly digit: Digit;
  /** [classes] */
  readonly probabilities: Float32Array;
  /** Per layer; empty where the model has none to look into. */
  readonly activations: readonly Float32Array[];
}

/** How much every pixel matters for a class. */
export interface Attribution {
  readonly output: number;
  readonly gradient: Float32Array | undefined;
  readonly occlusion: Float32Array | undefined;
}

/** Milliseconds between two readings while the fit learns. */
const REREAD_GAP = 500;

export class Pad implements Disposable {
  readonly digit: Signal<Digit | undefined>;
  readonly reading = signal<Reading | undefined>(undefined);
  readonly attribution = signal<Attribution | undefined>(undefined);
  /** The class that the attribution is about, if it is not the most probable one. */
  readonly chosen = signal<number | undefined>(undefined);
  /** Whether the fit reads pictures such as the pad's. */
  readonly suits = computed(() => {
    const { value: info } = this.fit.info;
    const [height, width, channels] = info?.shape ?? [];
    const isOfSize = height === DIGIT_SIDE && width === DIGIT_SIDE && channels === 1;
    return isOfSize && info?.task.kind === 'classes';
  });
  /** The most probable class. */
  readonly guess = computed(() => {
    const { value: reading } = this.reading;
    return reading && argmax(reading.probabilities);
  });
  private readonly fit: FitStore;
  private readonly stop: () => void;
  private readonly timer: ReturnType<typeof setInterval>;
  private asking = false;
  private again = false;
  private wantsAttribution = false;
  private readAt = -1;

  /** `digit` outlives the pad. */
  constructor(fit: FitStore, digit: Signal<Digit | undefined> = signal(undefined)) {
    this.fit = fit;
    this.digit = digit;
    this.stop = effect(() => {
      void fit.info.value?.run;
      this.reading.value = undefined;
      this.attribution.value = undefined;
      this.readAt = -1;
      if (fit.ready.value) void untracked(() => this.read(true));
    });
    this.timer = setInterval(() => {
      if (fit.progress.peek().done !== this.readAt) void this.read(true);
    }, REREAD_GAP);
  }

  /** Shows another digit, or none; `isWhole` once the pen is lifted. */
  show(digit: Digit | undefined, isWhole: boolean): void {
    this.digit.value = digit;
    if (!digit) {
      this.reading.value = undefined;
      this.attribution.value = undefined;
    } else void this.read(isWhole);
  }

  /** Asks what matters for this class. */
  choose(output: number): void {
    this.chosen.value = this.chosen.value === output ? undefined : output;
    void this.read(true);
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    this.stop();
  }

  private async read(withAttribution: boolean): Promise<void> {
    this.wantsAttribution ||= withAttribution;
    this.again = true;
    if (this.asking) return;
    this.asking = true;
    while (this.again) {
      this.again = false;
      const { value: digit } = this.digit;
      if (!digit || !this.fit.ready.value || !this.suits.value) continue;
      await this.ask(digit);
      if (this.again || !this.wantsAttribution) continue;
      this.wantsAttribution = false;
      await this.attribute(digit);
    }
    this.asking = false;
  }

  private async ask(digit: Digit): Promise<void> {
    const { fit } = this;
    this.readAt = fit.progress.value.done;
    const hasLayers = this.hasLayers;
    const [probabilities, activations] = await Promise.all([
      fit.ask((api) => api.predict(digit)),
      hasLayers ? fit.ask((api) => api.activations(digit)) : [],
    ]);
    if (!probabilities || probabilities.length !== this.classes || this.digit.value === undefined) return;
    this.reading.value = { digit, probabilities, activations: activations ?? [] };
  }

  private async attribute(digit: Digit): Promise<void> {
    const output = this.chosen.value ?? this.guess.value;
    if (output === undefined || !this.hasLayers) return;
    const { fit } = this;
    const [gradient, occlusion] = await Promise.all([
      fit.ask((api) => api.saliency(digit, output, 'gradient')),
      fit.ask((api) => api.saliency(digit, output, 'occlusion')),
    ]);
    if (this.digit.value) this.attribution.value = { output, gradient, occlusion };
  }

  private get hasLayers(): boolean {
    return this.fit.info.value?.request.model !== 'perceptron';
  }

  private get classes(): number {
    return this.fit.info.value?.task.names.length ?? 0;
  }
}
