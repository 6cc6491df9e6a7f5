/**
 * Plays MiniGrid levels to their end, seeing everything: a shortest path over cells, with doors opened, keys fetched and
 * things in the way carried aside as needed. A level that it finishes can be finished.
 */
import type { EnvKernel } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { Door, EMPTY, hueOf, insideOf, stateOf, Type, typeOf } from '#envs/grid/minigrid/cells.ts';
import { Act } from '#envs/grid/minigrid/rules.ts';
import { DX, DY, type Slot } from '#envs/grid/minigrid/slot.ts';

type Wanted = (code: number, x: number, y: number) => boolean;

export class Player {
  /** Steps played, and how the episode ended, if it has. */
  steps = 0;
  ended: 'success' | 'failure' | undefined;
  private readonly from: Int32Array;
  private readonly queue: Int32Array;
  private readonly kernel: EnvKernel;
  private readonly slot: Slot;
  private readonly rng: Rng;
  private readonly out;

  constructor(kernel: EnvKernel, slot: Slot, rng: Rng) {
    this.kernel = kernel;
    this.slot = slot;
    this.rng = rng;
    this.out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    this.from = new Int32Array(slot.width * slot.height);
    this.queue = new Int32Array(slot.width * slot.height);
  }

  begin(): void {
    this.steps = 0;
    this.ended = undefined;
  }

  /** Plays one action; nothing once the episode has ended. */
  act(action: number): void {
    if (this.ended) return;
    const { slot, out } = this;
    out.events.fill(0);
    out.terminated = false;
    this.kernel.step(slot.s, slot.i, action, this.rng, out);
    this.steps++;
    if (out.terminated) this.ended = out.events[0] > 0 ? 'success' : 'failure';
  }

  carried(): number {
    return this.slot.s.carrying[this.slot.i];
  }

  front(): number {
    return this.slot.s.grid[this.slot.front()];
  }

  turn(direction: number): void {
    const { s, i } = this.slot;
    while (!this.ended && s.direction[i] !== direction)
      this.act(((direction - s.direction[i]) & 3) === 1 ? Act.right : Act.left);
  }

  /** Walks onto the nearest such cell. False: there is no way. */
  stand(wanted: Wanted): boolean {
    return this.walk(wanted, false);
  }

  /** Walks up to the nearest such cell and faces it. */
  face(wanted: Wanted): boolean {
    return this.walk(wanted, true);
  }

  /** The way along cells that can be entered, closed doors included, but no lava. */
  private walk(wanted: Wanted, before: boolean, digs?: (code: number) => boolean): boolean {
    const { slot, from, queue } = this;
    const { s, i, width } = slot;
    const start = s.y[i] * width + s.x[i];
    from.fill(-1);
    from[start] = start;
    queue[0] = start;
    let target = -1;
    if (!before && wanted(slot.get(s.x[i], s.y[i]), s.x[i], s.y[i])) return true;
    for (let k = 0, end = 1; k < end && target < 0; k++)
      for (let d = 0; d < 4 && target < 0; d++) {
        const x = (queue[k] % width) + DX[d];
        const y = Math.floor(queue[k] / width) + DY[d];
        if (x < 0 || y < 0 || x >= width || y >= slot.height || from[y * width + x] >= 0) continue;
        const code = slot.get(x, y);
        const hit = wanted(code, x, y);
        if (!(hit && before) && !passable(code) && !(digs && movable(code))) continue;
        from[y * width + x] = queue[k];
        queue[end++] = y * width + x;
        if (hit) target = y * width + x;
      }
    if (target < 0) return false;
    const path = [];
    for (let at = target; at !== start; at = from[at]) path.unshift(at);
    for (const [k, at] of path.entries()) {
      const here = s.y[i] * width + s.x[i];
      const step = at - here;
      this.turn(step === 1 ? 0 : step === width ? 1 : step === -1 ? 2 : 3);
      if (before && k === path.length - 1) break;
      if (digs?.(this.front())) continue;
      if (typeOf(this.front()) === Type.door && stateOf(this.front()) !== Door.open) this.act(Act.toggle);
      this.act(Act.forward);
    }
    return true;
  }

  /** Walks onto the nearest such cell through things as well, each of which is put behind the agent. */
  dig(wanted: Wanted): void {
    const { s, i } = this.slot;
    this.walk(wanted, false, (code) => {
      if (!movable(code)) return false;
      this.act(Act.pickUp);
      this.act(Act.forward);
      const ahead = s.direction[i];
      this.turn((ahead + 2) & 3);
      this.act(Act.drop);
      return true;
    });
  }

  /** Puts what is carried onto the nearest cell where it shuts nothing: with free neighbours and, if possible, no door among them. */
  putDown(): boolean {
    const { slot } = this;
    const free = (x: number, y: number) => {
      const around = [0, 1, 2, 3].map((d) => slot.get(x + DX[d], y + DY[d]));
      if (around.some((code) => typeOf(code) === Type.door)) return -1;
      return around.filter((code) => code === EMPTY).length;
    };
    for (const room of [3, 2, 1, 0, -1]) {
      if (!this.face((code, x, y) => code === EMPTY && free(x, y) >= room)) continue;
      this.act(Act.drop);
      return true;
    }
    return false;
  }

  /** Gets to the thing, whatever must be unlocked, opened or carried aside for it, and faces it with empty hands. */
  reach(wanted: Wanted): boolean {
    for (let tries = 0; tries < 20 && !this.ended; tries++) {
      if (this.face(wanted)) {
        if (this.carried() === 0) return true;
        // Hands are emptied elsewhere; then the way is walked again.
        if (!this.putDown()) return false;
        continue;
      }
      if (!this.clear()) return false;
    }
    return false;
  }

  /** One step towards a way through: unlocks a door, fetches a key, opens a box, or carries a ball aside. */
  private clear(): boolean {
    const held = this.carried();
    const { slot } = this;
    const fits: Wanted = (code) => isLocked(code) && hueOf(code) === hueOf(held);
    if (typeOf(held) === Type.key && this.face(fits)) {
      this.act(Act.toggle);
      return true;
    }
    if (typeOf(held) === Type.ball || typeOf(held) === Type.box) return this.putDown();
    if (held === 0 && this.face((code) => typeOf(code) === Type.box && insideOf(code) !== 0)) {
      this.act(Act.toggle);
      return true;
    }
    // A ball before a locked door is carried aside first, as a key in the hand would have to be put down for it.
    const blocks: Wanted = (code, x, y) =>
      typeOf(code) === Type.ball && [0, 1, 2, 3].some((d) => isLocked(slot.get(x + DX[d], y + DY[d])));
    if (this.face(blocks)) {
      if (held !== 0) return this.putDown();
      this.act(Act.pickUp);
      return this.putDown();
    }
    if (held !== 0 || !this.face((code) => typeOf(code) === Type.key)) return false;
    this.act(Act.pickUp);
    return true;
  }
}

function isLocked(code: number): boolean {
  return typeOf(code) === Type.door && stateOf(code) === Door.locked;
}

function movable(code: number): boolean {
  return typeOf(code) >= Type.key && typeOf(code) <= Type.box;
}

function passable(code: number): boolean {
  const type = typeOf(code);
  if (type === Type.door) return stateOf(code) !== Door.locked;
  return type === Type.empty || type === Type.goal;
}
