/**
 * The playground's fit and what is shown of it. Settings make fits; while one learns, its weights, its neurons' outputs on a grid
 * and its losses are fetched from the worker at most ten times a second.
 */
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { Parameter } from '#core/fit.ts';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { Setting } from '../state/fit-link.ts';
import { MISTAKES } from '../../state/permalink.ts';
import { FitStore } from '../state/fit-store.ts';
import type { Keeper } from '../state/keepers.ts';
import { gridOf, LARGE, placesOf, pointsOf, SMALL, type Points } from './grid.ts';
import { withRow, type LossRow } from './history.ts';
import { accuracyOf, lossOf, valuesOf } from './losses.ts';
import {
  classifies,
  DEFAULTS,
  fromParams,
  LIVE,
  toParams,
  toRequest,
  VIEWS,
  type Settings,
} from './settings.ts';
import { changeTo, layersOf, type LayerWeights, type WeightId } from './weights.ts';

/** Milliseconds between two looks at a fit that learns. */
const GAP = 100;

/** How fast it learns: an epoch per look, or as fast as the worker can. */
export type Speed = 'slow' | 'full';

/** What does not change while a fit learns. */
export interface Scene {
  readonly settings: Settings;
  readonly train: Points;
  readonly test: Points;
  /** [SMALL² × features], and [LARGE² + points × features]. */
  readonly small: Float32Array;
  readonly large: Float32Array;
}

/** What a look at the fit has shown. */
export interface Sight {
  readonly scene: Scene;
  readonly tensors: readonly Parameter[];
  readonly layers: readonly LayerWeights[];
  /** Per layer, [SMALL² × units]. */
  readonly neurons: readonly Float32Array[];
  /** [LARGE²] from −1 to 1. */
  readonly output: Float32Array;
  readonly epoch: number;
  readonly loss: Readonly<Record<'train' | 'test', number>>;
  /** Of classes. */
  readonly accuracy: Readonly<Record<'train' | 'test', number>> | undefined;
}

/** What is kept of it beside its fit. */
interface KeptLab {
  readonly params: readonly Setting[];
  readonly history: readonly LossRow[];
  readonly playing: boolean;
  readonly speed: Speed;
}

export class Lab implements Keeper {
  readonly name = 'playground';
  readonly fit: FitStore;
  readonly settings = signal<Settings>(DEFAULTS);
  readonly sight = signal<Sight | undefined>(undefined);
  readonly history = signal<readonly LossRow[]>([]);
  readonly playing = signal(false);
  readonly speed = signal<Speed>('full');
  /** The settings as a link holds them. */
  readonly params = computed(() => toParams(this.settings.value));
  /** Number of weights that were set by hand in the current fit. */
  edits = 0;
  private scene: Scene | undefined;
  /** Which settings a request was made of. */
  private readonly asked = new WeakMap<FitRequest, Settings>();
  private readonly changed = signal(0);
  private run = -1;
  /** Of the link, told when its fit has been made. */
  private problems: readonly Problem[] = [];
  /** Losses of the fit that goes on, until it has been made. */
  private before: readonly LossRow[] = [];
  private looking: Promise<void> | undefined;
  private readonly stop: () => void;
  private ended = false;

  constructor(spawn: () => WorkerLike) {
    this.fit = new FitStore(spawn);
    this.fit.playing.value = false;
    this.stop = effect(() => {
      const { value: info } = this.fit.info;
      if (!info) return;
      // A restarted worker counts its runs anew.
      untracked(() => (info.run === this.run ? void this.look() : this.begin(info.run)));
    });
  }

  /** Whether a fit has been asked for. */
  asks = false;

  /** Opens what a link holds. */
  open(given: readonly Setting[]): void {
    const { settings, problems } = read(given);
    this.settings.value = settings;
    this.problems = problems;
    this.make();
  }

  stamp(): string {
    return JSON.stringify([this.params.value, this.playing.value, this.speed.value, this.changed.value]);
  }

  state(): KeptLab {
    const [params, history] = [this.params.peek(), this.history.peek()];
    return { params, history, playing: this.playing.peek(), speed: this.speed.peek() };
  }

  takeBack(state: unknown, kept: string | undefined): void {
    const { params, history, playing, speed } = state as KeptLab;
    this.settings.value = read(params).settings;
    this.speed.value = speed;
    this.playing.value = playing;
    if (kept !== undefined) this.before = history;
    this.make(kept);
  }

  /** Nobody looks any more. */
  rest(): void {
    if (this.playing.peek()) this.toggle();
  }

  /** Changes settings: most begin a new fit, the learning rate changes this one. */
  set(change: Partial<Settings>): void {
    this.settings.value = { ...this.settings.value, ...change };
    const names = Object.keys(change) as (keyof Settings)[];
    if (names.every((name) => VIEWS.has(name))) return;
    if (!names.every((name) => LIVE.has(name))) this.make();
    else void this.tune();
  }

  /** Begins anew, with other initial weights if a seed is given. */
  reset(): void {
    this.playing.value = false;
    this.fit.playing.value = false;
    this.make();
  }

  toggle(): void {
    this.playing.value = !this.playing.value;
    if (this.playing.value) void this.play();
    else void this.fit.pause().then(() => this.look());
  }

  /** One epoch. */
  async step(): Promise<void> {
    this.playing.value = false;
    await this.fit.step('epoch');
    await this.look();
  }

  /** Sets a weight or a bias by hand. */
  async setWeight(id: WeightId, value: number): Promise<void> {
    const { value: sight } = this.sight;
    if (!sight) return;
    const change = changeTo(sight.tensors, classifies(sight.scene.settings), id, value);
    await this.fit.ask((api) => api.setParameter(change.name, change.index, change.value));
    this.edits++;
    // It has to be saved.
    this.changed.value++;
    await this.look();
  }

  [Symbol.dispose](): void {
    this.ended = true;
    this.playing.value = false;
    this.stop();
    this.fit[Symbol.dispose]();
  }

  private make(kept?: string): void {
    const request = toRequest(this.settings.value);
    this.asks = true;
    this.asked.set(request, this.settings.value);
    void this.fit.make(request, undefined, kept).then(() => {
      // A save that cannot be read.
      if (kept !== undefined && !this.fit.info.peek() && !this.ended) this.make();
    });
  }

  private async tune(): Promise<void> {
    const { learningRate } = this.settings.value;
    // A reset begins with it too.
    this.fit.draft.value = toRequest(this.settings.value);
    await this.fit.tune('learningRate', learningRate);
  }

  /** A new fit has been made. */
  private begin(run: number): void {
    const settings = this.asked.get(this.fit.draft.peek());
    if (!settings) return;
    this.run = run;
    this.edits = 0;
    this.scene = scene(settings);
    this.history.value = this.fit.isBack ? this.before : [];
    this.before = [];
    const { problems } = this;
    this.problems = [];
    if (problems.length > 0)
      this.fit.worker.hint(
        MISTAKES,
        problems.map((problem) => ({ ...problem, field: `play.${problem.field}` })),
      );
    void this.look();
    if (this.playing.peek()) void this.play();
  }

  /** Learns and looks until it is paused, finished or replaced. */
  private async play(): Promise<void> {
    const { run } = this;
    const goesOn = (): boolean => this.playing.peek() && this.run === run && !this.ended;
    while (goesOn()) {
      const begin = performance.now();
      if (this.speed.peek() === 'slow') await this.fit.step('epoch');
      else if (this.fit.phase.peek() !== 'running') await this.fit.start();
      await this.look();
      if (this.fit.progress.peek().finished || this.fit.phase.peek() === 'failed') this.playing.value = false;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, begin + GAP - performance.now())));
    }
  }

  /** Looks at the fit; looks that are asked for in the meantime share the next one. */
  private async look(): Promise<void> {
    await this.looking;
    this.looking ??= this.see().finally(() => (this.looking = undefined));
    await this.looking;
  }

  private async see(): Promise<void> {
    const { scene, run, fit } = this;
    if (!scene || this.ended) return;
    const [tensors, neurons, predictions] = await Promise.all([
      fit.ask((api) => api.tensors()),
      fit.ask((api) => api.activations(scene.small)),
      fit.ask((api) => api.predict(scene.large)),
    ]);
    if (!tensors || !neurons || !predictions || this.run !== run || this.ended) return;
    const sight = sightOf(scene, tensors, neurons, predictions, Math.floor(fit.epoch.peek()));
    batch(() => {
      this.sight.value = sight;
      this.history.value = withRow(this.history.peek(), { epoch: sight.epoch, ...sight.loss });
    });
  }
}

function read(given: readonly Setting[]): ReturnType<typeof fromParams> {
  return fromParams(new URLSearchParams(given.map(([name, value]) => [name, value])));
}

function scene(settings: Settings): Scene {
  const { train, test } = pointsOf(settings);
  const small = gridOf(SMALL, settings.features);
  return { settings, train, test, small, large: placesOf(LARGE, settings.features, [train, test]) };
}

function sightOf(
  scene: Scene,
  tensors: readonly Parameter[],
  neurons: readonly Float32Array[],
  predictions: Float32Array,
  epoch: number,
): Sight {
  const { settings, train, test } = scene;
  const classes = classifies(settings);
  const first = LARGE * LARGE;
  const second = first + train.count;
  return {
    scene,
    tensors,
    layers: layersOf(tensors, classes),
    neurons,
    output: valuesOf(predictions, classes, 0, LARGE * LARGE),
    epoch,
    loss: {
      train: lossOf(predictions, classes, first, train.targets),
      test: lossOf(predictions, classes, second, test.targets),
    },
    accuracy: classes
      ? {
          train: accuracyOf(predictions, first, train.targets),
          test: accuracyOf(predictions, second, test.targets),
        }
      : undefined,
  };
}
