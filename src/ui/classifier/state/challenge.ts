/** Sixty seconds of learning against the clock: the fit starts over, and what it knows when they are over is its score. */
import { signal } from '@preact/signals';
import type { FitStore } from './fit-store.ts';

/** Seconds that it has. */
export const SECONDS = 60;
/** Milliseconds between two looks at whether it is over. */
const TICK = 100;
/** Milliseconds between two reports meanwhile: drawing charts without a graphics card takes a third of two cores at ten a second. */
const REPORT_GAP = 1000;

export interface ChallengeScore {
  readonly accuracy: number;
  readonly model: string;
  readonly parameters: number;
  /** Seconds used: fewer if all epochs were over before. */
  readonly seconds: number;
}

export class Challenge implements Disposable {
  /** Whole seconds that are left; undefined if none is on. */
  readonly left = signal<number | undefined>(undefined);
  readonly last = signal<ChallengeScore | undefined>(undefined);
  /** The best of the session with these data. */
  readonly best = signal<ChallengeScore | undefined>(undefined);
  private readonly fit: FitStore;
  /** Nothing else takes the worker's time meanwhile. */
  private readonly quiet: (isQuiet: boolean) => void;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(fit: FitStore, quiet: (isQuiet: boolean) => void) {
    this.fit = fit;
    this.quiet = quiet;
  }

  /** Shows the best that the session has had with these data. */
  turnTo(data: string): void {
    this.best.value = kept(data);
    this.last.value = undefined;
  }

  async start(): Promise<void> {
    const { fit } = this;
    this.stop();
    this.quiet(true);
    this.left.value = SECONDS;
    fit.playing.value = true;
    await fit.reset();
    await this.reportEvery(REPORT_GAP);
    if (fit.phase.value !== 'running') return this.stop();
    const run = fit.info.value?.run;
    const begin = performance.now();
    this.timer = setInterval(() => {
      const seconds = (performance.now() - begin) / 1000;
      this.left.value = Math.max(0, Math.ceil(SECONDS - seconds));
      // Another fit, or a pause, ends it without a score.
      if (fit.info.value?.run !== run || fit.phase.value !== 'running') return this.stop();
      if (seconds >= SECONDS || fit.progress.value.finished) void this.end(Math.min(seconds, SECONDS));
    }, TICK);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.left.value !== undefined) void this.reportEvery();
    this.left.value = undefined;
    this.quiet(false);
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  private reportEvery(milliseconds?: number): Promise<void> {
    const { worker } = this.fit;
    return worker.attempt(() => worker.call((api) => api.reportEvery(milliseconds)));
  }

  private async end(seconds: number): Promise<void> {
    const { fit } = this;
    clearInterval(this.timer);
    await fit.pause();
    const scores = await fit.evaluate('test');
    this.stop();
    const { value: info } = fit.info;
    if (scores?.kind !== 'classes' || !info) return;
    const { data, model } = info.request;
    const score = { accuracy: scores.accuracy, model, parameters: info.parameters, seconds };
    this.last.value = score;
    if (this.best.value && this.best.value.accuracy >= score.accuracy) return;
    this.best.value = score;
    keep(data, score);
  }
}

const KEY = 'ludus-sixty-seconds';

/** The session's best per data set; none where the browser keeps nothing. */
function all(): Record<string, ChallengeScore> {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Record<string, ChallengeScore>;
  } catch {
    return {};
  }
}

function kept(data: string): ChallengeScore | undefined {
  const scores = all();
  return Object.hasOwn(scores, data) ? scores[data] : undefined;
}

function keep(data: string, score: ChallengeScore): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...all(), [data]: score }));
  } catch {
    // It lasts until the page is closed.
  }
}
