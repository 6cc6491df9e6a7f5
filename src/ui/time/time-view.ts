/** The past of a run as the page shows it: its timeline, what is played of it, and how its policies do without exploration. */
import { computed, signal } from '@preact/signals';
import { problemLine } from '#core/errors.ts';
import { WorkerDied, type WorkerLike } from '#worker/client.ts';
import type { Outcome } from '#worker/protocol.ts';
import type { SavedPolicy, TestResult, Timeline } from '#worker/time/protocol.ts';
import type { RunStore } from '../state/run-store.ts';
import { SideScreen } from '../state/side-screen.ts';
import { Theatre } from '../state/theatre.ts';
import { count, figure } from '../state/values.ts';

/** Milliseconds between looks at the timeline. */
const GAP = 400;

/** A place on the timeline: a checkpoint by its id, or the run as it is now. */
export type Place = number | 'now';

/** What is played. */
type Shown =
  | { readonly kind: 'policy'; readonly step: number }
  | { readonly kind: 'film'; readonly number: number };

/** How two policies did in the same worlds. */
export interface Comparison {
  readonly past: TestResult;
  readonly now: TestResult;
}

export class TimeView implements Disposable {
  readonly timeline = signal<Timeline | undefined>(undefined);
  readonly place = signal<Place>('now');
  readonly shown = signal<Shown | undefined>(undefined);
  readonly screen: SideScreen;
  readonly comparison = signal<Comparison | undefined>(undefined);
  /** What is under way, in words. */
  readonly busy = signal<string | undefined>(undefined);
  readonly problem = signal<string | undefined>(undefined);
  /** The places that can be chosen, in their order. */
  readonly places = computed<readonly Place[]>(() => [
    ...(this.timeline.value?.checkpoints.map(({ id }) => id) ?? []),
    'now',
  ]);
  /** The chosen checkpoint; undefined for now. */
  readonly chosen = computed(() =>
    this.timeline.value?.checkpoints.find(({ id }) => id === this.place.value),
  );
  private readonly run: RunStore;
  private readonly theatre: Theatre;
  private readonly timer: ReturnType<typeof setInterval>;
  private isLooking = false;
  private closed = false;
  /** Number of the last wish: answers to older ones are dropped. */
  private wish = 0;

  constructor(run: RunStore, spawn: () => WorkerLike) {
    this.run = run;
    this.theatre = new Theatre(spawn);
    this.screen = new SideScreen(this.theatre);
    this.timer = setInterval(() => void this.look(), GAP);
    void this.look();
  }

  /** Goes to a place and has its policy play. */
  async choose(place: Place): Promise<void> {
    this.place.value = place;
    await this.act('Fetching the policy', async (isWanted) => {
      const saved = valueOf(await this.run.worker.call((api) => api.time.policy(place)));
      if (!isWanted()) return;
      await this.play(saved, isWanted);
    });
  }

  /** Goes so many places further. */
  move(by: number): Promise<void> {
    const { value: places } = this.places;
    const at = Math.max(0, places.indexOf(this.place.value));
    return this.choose(places[Math.min(Math.max(at + by, 0), places.length - 1)]);
  }

  /** The checkpoint with which a turning point is looked at: the first one after it. */
  placeOf(step: number): Place {
    return this.timeline.value?.checkpoints.find((checkpoint) => checkpoint.step >= step)?.id ?? 'now';
  }

  /** The turning point before or after the chosen place. */
  neighbour(by: 1 | -1): number | undefined {
    const { value: timeline } = this.timeline;
    const { value: chosen } = this.chosen;
    const here = chosen?.step ?? Infinity;
    const steps = timeline?.points.map(({ step }) => step) ?? [];
    const places = steps.filter((step) => {
      const place = this.placeOf(step);
      const at = timeline?.checkpoints.find(({ id }) => id === place)?.step ?? Infinity;
      return by > 0 ? at > here : at < here;
    });
    return by > 0 ? places[0] : places.at(-1);
  }

  /** Plays a filmed episode. */
  film(number: number): Promise<void> {
    return this.act('Fetching the episode', async (isWanted) => {
      const film = valueOf(await this.run.worker.call((api) => api.time.tape(number)));
      if (!isWanted()) return;
      valueOf(await this.theatre.ask((side) => side.replay(film)));
      if (isWanted()) this.show({ kind: 'film', number });
    });
  }

  /** Tests the chosen policy and that of now on the same seeds. */
  test(episodes: number, seed: number): Promise<void> {
    return this.act(`Playing ${episodes} episodes of each`, async (isWanted) => {
      const fetched = (place: Place): Promise<Outcome<SavedPolicy>> =>
        this.run.worker.call((api) => api.time.policy(place));
      const [past, now] = [valueOf(await fetched(this.place.value)), valueOf(await fetched('now'))];
      const tested = async (saved: SavedPolicy): Promise<TestResult> =>
        valueOf(await this.theatre.ask((side) => side.test(saved, episodes, seed)));
      const comparison = { past: await tested(past), now: await tested(now) };
      if (!isWanted()) return;
      this.comparison.value = comparison;
      await this.play(past, isWanted);
    });
  }

  /** Takes the run itself back, to the chosen checkpoint or to where it came from. */
  goBack(to: number | 'left'): Promise<void> {
    return this.act('Going back', async () => {
      const problems = await this.run.goBack(to);
      if (problems.length > 0) throw new Error(problems.map(problemLine).join(' '));
      this.comparison.value = undefined;
      await this.look();
      this.place.value = 'now';
    });
  }

  [Symbol.dispose](): void {
    this.closed = true;
    clearInterval(this.timer);
    this.screen[Symbol.dispose]();
    this.theatre[Symbol.dispose]();
  }

  private async play(saved: SavedPolicy, isWanted: () => boolean): Promise<void> {
    const seed = Number(saved.request.seed);
    valueOf(await this.theatre.ask((side) => side.watch(saved, seed)));
    if (isWanted()) this.show({ kind: 'policy', step: saved.step });
  }

  private show(shown: Shown): void {
    this.shown.value = shown;
    this.screen.begin();
  }

  /** Does what the user wishes and says what is wrong with it. */
  private async act(words: string, task: (isWanted: () => boolean) => Promise<void>): Promise<void> {
    const mine = ++this.wish;
    const isWanted = (): boolean => mine === this.wish && !this.closed;
    this.busy.value = words;
    this.problem.value = undefined;
    try {
      await task(isWanted);
    } catch (error) {
      if (isWanted() && !(error instanceof WorkerDied && this.closed))
        this.problem.value = error instanceof Error ? error.message : String(error);
    }
    if (isWanted()) this.busy.value = undefined;
  }

  private async look(): Promise<void> {
    const { worker } = this.run;
    if (this.isLooking || document.hidden || !worker.ready) return;
    this.isLooking = true;
    await worker.attempt(async () => {
      const timeline = await worker.call((api) => api.time.timeline());
      if (this.closed) return;
      this.timeline.value = timeline;
      // Thinned out meanwhile, or of an earlier run.
      const { value: places } = this.places;
      if (!places.includes(this.place.value)) this.place.value = 'now';
    });
    this.isLooking = false;
  }
}

/** `87.3 ± 12`. */
export function meanAndSpread({ mean, std }: TestResult): string {
  return `${figure(mean)} ± ${figure(std)}`;
}

/** What is said of a checkpoint. */
export function describe({ step, episodes, mean }: Timeline['checkpoints'][number], unit: string): string {
  if (step === 0) return 'before any training';
  return `${count(step)} ${unit}, ${count(episodes)} episodes${mean === undefined ? '' : `, mean return ${figure(mean)}`}`;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.problems.map(problemLine).join(' '));
}
