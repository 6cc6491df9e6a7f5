/**
 * What the worker measures of the fit besides its record: the scores on a part of the data, and the weights of the first layer.
 * Scores are asked for when an epoch is over and when the fit rests; weights every now and then while it learns.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { Parameter } from '#core/fit.ts';
import type { Part, Scores } from '#worker/classifier/protocol.ts';
import type { FitStore } from './fit-store.ts';

/** Milliseconds between looks at the weights. */
const WEIGHTS_GAP = 700;

export class Results implements Disposable {
  readonly part = signal<Part>('test');
  readonly scores = signal<Scores | undefined>(undefined);
  readonly weights = signal<Parameter | undefined>(undefined);
  /** Nothing is measured, so that the fit has all the time. */
  readonly quiet = signal(false);
  private readonly fit: FitStore;
  private readonly stops: readonly (() => void)[];
  private readonly timer: ReturnType<typeof setInterval>;
  private measuring = false;
  private again = false;
  private looking = false;
  private weightsAt = -1;
  /** Changes whenever there is something new to measure: at rest with every step, while it learns with every epoch. */
  private readonly due = computed(() => {
    const { info, phase, running, progress, epoch } = this.fit;
    if (!info.value) return undefined;
    const isAtRest = !running.value && (phase.value === 'paused' || progress.value.finished);
    if (isAtRest) return `${info.value.run} at ${progress.value.done}`;
    const epochs = Math.floor(epoch.value + 1e-9);
    return epochs > 0 ? `${info.value.run} after ${epochs}` : undefined;
  });

  constructor(fit: FitStore) {
    this.fit = fit;
    this.stops = [
      effect(() => {
        void fit.info.value?.run;
        this.scores.value = undefined;
        this.weights.value = undefined;
        this.weightsAt = -1;
      }),
      effect(() => {
        void this.part.value;
        if (this.due.value !== undefined && !this.quiet.value) void untracked(() => this.measure());
      }),
    ];
    this.timer = setInterval(() => void this.look(), WEIGHTS_GAP);
    void this.look();
  }

  /** Measures now; if it is measuring already, once more after that. */
  async measure(): Promise<void> {
    this.again = this.measuring;
    if (this.measuring) return;
    this.measuring = true;
    do {
      this.again = false;
      const { value: part } = this.part;
      const run = this.fit.info.value?.run;
      const counts = this.fit.info.value?.counts;
      const scores = counts?.[part] ? await this.fit.evaluate(part) : undefined;
      // The answer may be about a fit that has been replaced.
      if (run === this.fit.info.value?.run && part === this.part.value) this.scores.value = scores;
    } while (this.again);
    this.measuring = false;
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
    for (const stop of this.stops) stop();
  }

  /** Fetches the weights of the first layer, if they have changed. */
  private async look(): Promise<void> {
    const { fit } = this;
    const { done } = fit.progress.value;
    if (this.looking || !fit.ready.value || done === this.weightsAt) return;
    this.looking = true;
    const all = await fit.ask((api) => api.tensors());
    this.looking = false;
    this.weightsAt = done;
    this.weights.value = all?.find(({ name, shape }) => /kernel$/i.test(name) && shape.length > 1);
  }
}
