/**
 * Plays worlds at random and draws them, a few at a time, for as much of a processor core as the gallery may take: what its
 * pictures cost here and on the page decides how soon the next are made.
 */
import { DrawList, STRIDE } from '#core/draw-list.ts';
import { drawActions } from '#core/random-actions.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import type { GalleryMessage, GalleryPictures, WorldPicture } from './protocol.ts';

/** The share of a core that worker and page take together. */
const SHARE = 0.25;
/** Pictures per second of a world, where that is not too much. */
const RATE = 12;
/** Worlds per message: painting them takes the page a few milliseconds. */
const BATCH = 3;
/** Steps per picture at most: a world that was long out of view does not catch up. */
const MOST_STEPS = 8;
/** Steps after which a still is taken: the first states of many worlds look alike. */
const STILL_STEPS = 12;

interface PreviewDeps {
  readonly post: (pictures: GalleryPictures, transfer: ArrayBuffer[]) => void;
  /** Milliseconds since an arbitrary origin. */
  readonly now: () => number;
  /** Calls back after so many milliseconds. */
  readonly later: (callback: () => void, milliseconds: number) => void;
}

export class Previews {
  private readonly deps: PreviewDeps;
  private readonly stages = new Map<string, RandomStage>();
  private readonly list = new DrawList();
  /** The worlds in view, the next to be drawn first. */
  private queue: string[] = [];
  private still = false;
  /** Milliseconds that the last pictures took here; undefined while nothing is under way. */
  private spent: number | undefined;

  constructor(deps: PreviewDeps) {
    this.deps = deps;
  }

  take(message: GalleryMessage): void {
    switch (message.kind) {
      case 'show':
        this.show(message.worlds, message.still);
        break;
      case 'painted':
        this.rest((this.spent ?? 0) + message.milliseconds);
        break;
    }
  }

  private show(shown: readonly string[], still: boolean): void {
    const before = this.queue;
    this.still = still;
    // A still is drawn once, when its world comes into view.
    const wanted = still ? shown.filter((id) => !this.stages.has(id)) : shown;
    this.queue = [
      ...before.filter((id) => wanted.includes(id)),
      ...wanted.filter((id) => !before.includes(id)),
    ];
    if (this.spent === undefined) this.draw();
  }

  /** Waits so long that the share is kept, and at least as long as the rate asks for; but not for the first pictures. */
  private rest(cost: number): void {
    const isNew = this.queue.some((id) => !this.stages.has(id));
    const worlds = Math.max(1, this.queue.length);
    const gap = (1000 * Math.min(BATCH, worlds)) / (RATE * worlds);
    const wait = isNew ? 0 : Math.max(gap, cost / SHARE) - cost;
    this.deps.later(() => {
      this.spent = undefined;
      this.draw();
    }, wait);
  }

  private draw(): void {
    const { now, post } = this.deps;
    const begin = now();
    const pictures = this.queue.slice(0, BATCH).flatMap((id) => this.picture(id, begin));
    this.queue = this.still
      ? this.queue.slice(BATCH)
      : [...this.queue.slice(BATCH), ...this.queue.slice(0, BATCH)];
    if (pictures.length === 0) return;
    this.spent = now() - begin;
    post(
      { pictures },
      pictures.map(({ numbers }) => numbers.buffer),
    );
  }

  private picture(id: string, now: number): WorldPicture[] {
    let stage = this.stages.get(id);
    if (!stage) {
      const world = worlds.find((one) => one.id === id);
      if (!world) return [];
      stage = new RandomStage(new VectorEnv(world.create(world.params.parse({})), 1, rngStreams(1)));
      this.stages.set(id, stage);
      if (this.still) stage.step(STILL_STEPS);
    }
    if (!this.still) stage.playUntil(now);
    const { list } = this;
    stage.env.draw(0, list);
    const { count, width, height, background } = list;
    return [{ world: id, numbers: list.numbers.slice(0, count * STRIDE), count, width, height, background }];
  }
}

/** A world under random actions, in its own time. */
class RandomStage {
  readonly env: VectorEnv;
  private readonly actions: ActionBuffer;
  private readonly rng: Rng = rngStreams(1)('random play');
  private at: number | undefined;

  constructor(env: VectorEnv) {
    this.env = env;
    this.actions = actionBuffer(env.spec, 1);
    env.reset();
  }

  /** Plays the steps that are due at this time. */
  playUntil(now: number): void {
    const { fps } = this.env.spec;
    this.at ??= now;
    const due = Math.floor(((now - this.at) / 1000) * fps);
    this.at = due > MOST_STEPS ? now : this.at + (due * 1000) / fps;
    this.step(Math.min(due, MOST_STEPS));
  }

  step(times: number): void {
    for (let k = 0; k < times; k++) {
      drawActions(this.env, this.actions, this.rng);
      this.env.step(this.actions);
    }
  }
}
