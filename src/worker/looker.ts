/** Looks at a run for the overlays of the page: only at what was asked for, and no more often than can be seen. */
import type { DrawList } from '#core/draw-list.ts';
import type { Look, Overlay } from '#core/overlay.ts';
import { drawLook } from '#train/overlays/draw.ts';
import type { Scene } from '#train/runs/run.ts';

/** Milliseconds between looks, and where a network is asked for all states of a world. */
const GAP = 66;
const NETWORK_GAP = 250;
/** A look takes at most one part in so many of the time. */
const SHARE = 10;

export class Looker {
  private readonly now: () => number;
  private asked: ReadonlySet<Overlay> = new Set();
  private last: Look | undefined;
  private scene: Scene | undefined;
  private at = -Infinity;
  /** Milliseconds that the last look took. */
  private took = 0;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Shows these from the next look on. */
  ask(overlays: readonly Overlay[]): void {
    // The bars are in every frame.
    this.asked = new Set(overlays.filter((overlay) => overlay !== 'bars' && overlay !== 'history'));
    this.last = undefined;
    this.at = -Infinity;
  }

  /** A new look, if one is due or asked for at once. */
  look(scene: Scene, atOnce: boolean): Look | undefined {
    if (this.asked.size === 0) return undefined;
    const time = this.now();
    const gap = scene.env.spec.observation.kind === 'discrete' ? GAP : NETWORK_GAP;
    const wait = Math.max(this.last?.states ? gap : GAP, SHARE * this.took);
    if (!atOnce && scene === this.scene && time - this.at < wait) return undefined;
    this.last = scene.look(this.asked);
    this.took = this.now() - time;
    this.scene = scene;
    this.at = time;
    return this.last;
  }

  /** Adds the last look to the picture of its scene. */
  draw(list: DrawList): void {
    if (this.last && this.scene) drawLook(list, this.last, this.asked, this.scene.env.spec);
  }
}
