/** The sweep that is open: what was read of it, and which of its trials the user looks at. */
import { computed, effect, signal, untracked } from '@preact/signals';
import { InputError, messageOf, type Problem } from '#core/errors.ts';
import type { WorkerLike } from '#worker/client.ts';
import { sweepClient } from '#worker/sweep/client.ts';
import type { SweepFiles, SweepReading, Trained } from '#worker/sweep/protocol.ts';
import { toFitLink } from '../classifier/state/fit-link.ts';
import { FIRST, toLink } from '../state/permalink.ts';
import type { Source } from './source.ts';

/** Milliseconds between two looks at whether the files have grown. */
const EVERY = 2000;

/** A trial after one of its rounds. */
export interface Place {
  readonly trial: number;
  readonly round: number;
}

type Worker = ReturnType<typeof sweepClient>;

export class SweepStore implements Disposable {
  readonly source = signal<Source | undefined>(undefined);
  readonly reading = signal<SweepReading | undefined>(undefined);
  readonly problems = signal<readonly Problem[]>([]);
  readonly busy = signal(false);
  /** When the files were last found changed. */
  readonly changedAt = signal<Date | undefined>(undefined);
  /** The trial under the pointer or the focus, and the one that the user has chosen. */
  readonly pointed = signal<Place | undefined>(undefined);
  readonly chosen = signal<Place | undefined>(undefined);
  /** The one that is told of: the best until another is chosen. */
  readonly told = computed((): Place | undefined => {
    const { value: chosen } = this.chosen;
    if (chosen) return chosen;
    const best = this.reading.value?.overview.best;
    return best && { trial: best.trial, round: best.round };
  });
  /** The address of a run in the arena, or a fit in the classifier, with the settings of the one that is told of. */
  readonly link = signal<string | undefined>(undefined);
  private readonly spawn: () => WorkerLike;
  private readonly stop: () => void;
  private worker: Worker | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stamp = '';
  private openings = 0;

  constructor(spawn: () => WorkerLike) {
    this.spawn = spawn;
    this.stop = effect(() => {
      const { value: place } = this.told;
      void this.reading.value;
      untracked(() => void this.followLink(place));
    });
  }

  /** Opens a sweep in place of the one that is there. */
  async open(source: Source): Promise<void> {
    this.openings++;
    this.source.value = source;
    this.reading.value = undefined;
    this.chosen.value = this.pointed.value = this.changedAt.value = undefined;
    this.problems.value = [];
    this.stamp = '';
    await this.look();
  }

  /** Says why what the user has given cannot be opened. */
  refuse(problem: Problem): void {
    this.problems.value = [problem];
  }

  /** Reads the files again if they have changed, now and from now on. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    const { openings } = this;
    const { value: source } = this.source;
    if (!source) return;
    this.busy.value = true;
    const problems = await this.readFrom(source, () => openings === this.openings).catch(problemsOf);
    if (openings !== this.openings) return;
    this.busy.value = false;
    // A sweep that was there before stays beside what is wrong now.
    this.problems.value = problems;
    if (source.isLive) this.timer = setTimeout(() => void this.look(), EVERY);
  }

  [Symbol.dispose](): void {
    this.stop();
    clearTimeout(this.timer);
    this.worker?.[Symbol.dispose]();
  }

  /** Resolves to what is wrong. */
  private async readFrom(source: Source, isNewest: () => boolean): Promise<readonly Problem[]> {
    const { openings } = this;
    const files = await source.files();
    const stamp = stampOf(files);
    if (stamp === this.stamp) return [];
    const read = await this.workerCall((worker) => worker.call((api) => api.read(files, openings)));
    if (!isNewest()) return [];
    if (!read.ok) return read.problems;
    this.stamp = stamp;
    this.changedAt.value = new Date();
    this.reading.value = read.value;
    return [];
  }

  private async followLink(place: Place | undefined): Promise<void> {
    const found =
      place &&
      (await this.workerCall((worker) => worker.call((api) => api.subjectOf(place.trial, place.round))).catch(
        () => undefined,
      ));
    if (place !== this.told.peek()) return;
    this.link.value = found && linkOf(found);
  }

  /** Calls the worker; one that has stopped is replaced the next time. */
  private async workerCall<R>(call: (worker: Worker) => Promise<R>): Promise<R> {
    this.worker ??= sweepClient(this.spawn());
    const { worker } = this;
    try {
      return await call(worker);
    } catch (error) {
      worker[Symbol.dispose]();
      if (this.worker === worker) this.worker = undefined;
      throw error;
    }
  }
}

function linkOf({ kind, request }: Trained): string {
  switch (kind) {
    case 'run':
      return toLink({ setup: { ...FIRST, request } });
    case 'fit':
      return toFitLink({ tab: 'train', request, play: [], backend: 'auto', hide: [], paused: false });
  }
}

/** What tells files from those that were read before. */
function stampOf({ plan, results }: SweepFiles): string {
  return [plan, results].map((file) => `${file?.size} ${(file as File | undefined)?.lastModified}`).join();
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof InputError) return error.problems;
  return [{ field: 'sweep', expected: 'files that can be read', got: messageOf(error) }];
}
