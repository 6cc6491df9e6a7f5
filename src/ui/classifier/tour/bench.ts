/** Trains the fits of a lesson one after another in a worker of its own, until a newer wish or the end of the tour stops it. */
import { effect, signal } from '@preact/signals';
import type { FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import type { WorkerLike } from '#worker/client.ts';
import { FitStore } from '../state/fit-store.ts';

type Question<T> = Parameters<typeof FitStore.prototype.ask<T>>[0];

/** Ends what a newer wish has replaced, or what cannot go on. */
class Replaced extends Error {
  override readonly name = 'Replaced';
}

export class Bench implements Disposable {
  readonly fit: FitStore;
  /** Number of the newest wish; experiments of others end. */
  private readonly wish = signal(0);
  /** The end of the experiment in progress. */
  private ended: Promise<void> = Promise.resolve();

  constructor(spawn: () => WorkerLike) {
    this.fit = new FitStore(spawn);
    this.fit.playing.value = false;
  }

  /** Runs an experiment instead of the one before, which ends first; whatever goes wrong is shown as the fit's notice. */
  run(experiment: (still: () => void) => Promise<void>): Promise<void> {
    const before = this.ended;
    this.stop();
    const wish = this.wish.peek();
    const still = (): void => {
      if (wish !== this.wish.peek()) throw new Replaced();
    };
    // An experiment that failed has been told of, and the next one begins.
    this.ended = before
      .catch(() => undefined)
      .then(async () => {
        try {
          still();
          await experiment(still);
        } catch (error) {
          if (!(error instanceof Replaced)) throw error;
        }
      });
    return this.ended;
  }

  /** Makes a fit, untrained; ends the experiment if it is refused, which the notice explains. */
  async make(request: FitRequest, still: () => void): Promise<FitInfo> {
    const { fit } = this;
    const before = fit.info.peek();
    fit.playing.value = false;
    await fit.make(request);
    // The first report of the new fit may come after the answer.
    await until(() => !fit.progress.value.finished || fit.phase.value === 'failed');
    still();
    const info = fit.info.peek();
    if (!info || info === before) throw new Replaced();
    return info;
  }

  /** One epoch. */
  async epoch(still: () => void): Promise<void> {
    await this.fit.step('epoch');
    still();
  }

  /** All epochs, as fast as the worker can. */
  async toEnd(still: () => void): Promise<void> {
    const { fit } = this;
    await fit.start();
    const wish = this.wish.peek();
    await until(
      () => fit.progress.value.finished || fit.phase.value !== 'running' || this.wish.value !== wish,
    );
    still();
  }

  /** An answer about the fit; ends the experiment if there is none, which the notice explains. */
  async ask<T>(question: Question<T>, still: () => void): Promise<T> {
    const answer = await this.fit.ask(question);
    still();
    if (answer === undefined) throw new Replaced();
    return answer;
  }

  /** Ends the experiment in progress. */
  stop(): void {
    this.wish.value++;
    void this.fit.pause();
  }

  [Symbol.dispose](): void {
    this.wish.value++;
    this.fit[Symbol.dispose]();
  }
}

/** Resolves once a condition on signals holds. */
function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!holds()) return;
      resolve();
      // After this run of the effect, which may be its first.
      queueMicrotask(() => stop());
    });
  });
}
