/** MiniGrid levels one after another, and a search that says what an agent in one can reach. */
import { parseConfig } from '#core/config.ts';
import type { EnvDefinition } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { Door, hueOf, insideOf, stateOf, Type, typeOf } from '#envs/grid/minigrid/cells.ts';
import { Slot, type Worlds } from '#envs/grid/minigrid/slot.ts';
import { minigrid } from '#envs/grid/minigrid/worlds.ts';

export function worldOf(id: string): EnvDefinition {
  return minigrid.find((world) => world.id === `minigrid-${id}`)!;
}

/** Builds levels one after another and hands out a cursor over each. */
export class Levels {
  readonly slot: Slot;
  readonly s: Worlds;
  private readonly kernel;
  private readonly rng = rngStreams(1)('levels');

  constructor(id: string, params: Record<string, unknown>, width: number, height: number) {
    const world = worldOf(id);
    this.kernel = world.create(parseConfig(world.params, params, 'world'));
    this.s = this.kernel.allocate(1) as Worlds;
    const { mission, marks } = this.s;
    this.slot = new Slot({ width, height, mission: mission.length, marks: marks.length }).on(this.s, 0);
    if (this.s.grid.length !== (width + 12) * (height + 12)) throw new Error(`${id}: wrong width or height`);
  }

  next(): Slot {
    this.kernel.reset(this.s, 0, this.rng);
    return this.slot.on(this.s, 0);
  }
}

/** What the search may do about things in the way: nothing, or take them elsewhere. */
export interface Search {
  readonly movable: boolean;
}

/**
 * The cells an agent can stand on, or whose content it can reach by hand: doors opened, keys found, one after another,
 * until nothing new turns up. Lava is never entered.
 */
export class Explorer {
  private readonly seen: Uint8Array;
  private readonly keys = new Uint8Array(8);
  private readonly queue: Int32Array;

  private readonly cells: number;

  constructor(cells: number) {
    this.cells = cells;
    this.seen = new Uint8Array(cells);
    this.queue = new Int32Array(cells);
  }

  touched(slot: Slot, search: Search): Uint8Array {
    this.keys.fill(0);
    for (let keys = -1, found = 0; keys !== found;) {
      keys = found;
      this.flood(slot, search);
      found = this.keys.reduce((sum, has) => sum + has, 0);
    }
    return this.seen;
  }

  private flood(slot: Slot, search: Search): void {
    const { width } = slot;
    this.seen.fill(0, 0, this.cells);
    this.queue[0] = slot.s.y[0] * width + slot.s.x[0];
    this.seen[this.queue[0]] = 1;
    for (let k = 0, end = 1; k < end; k++) {
      const cell = this.queue[k];
      for (const step of [1, -1, width, -width]) {
        const to = cell + step;
        if (this.seen[to]) continue;
        const code = slot.get(to % width, Math.floor(to / width));
        this.seen[to] = 1;
        this.take(code);
        if (this.enters(code, search)) this.queue[end++] = to;
      }
    }
  }

  private take(code: number): void {
    if (typeOf(code) === Type.key) this.keys[hueOf(code)] = 1;
    const inside = typeOf(code) === Type.box ? insideOf(code) : 0;
    if (typeOf(inside) === Type.key) this.keys[hueOf(inside)] = 1;
  }

  private enters(code: number, { movable }: Search): boolean {
    switch (typeOf(code)) {
      case Type.empty:
      case Type.goal:
        return true;
      case Type.door:
        return stateOf(code) !== Door.locked || this.keys[hueOf(code)] === 1;
      case Type.key:
      case Type.ball:
      case Type.box:
        return movable;
      default:
        return false;
    }
  }
}

/** A level as rows of letters, A for the agent. */
export function picture(slot: Slot): string {
  const rows = Array.from({ length: slot.height }, (_, y) =>
    Array.from({ length: slot.width }, (_, x) =>
      slot.s.x[0] === x && slot.s.y[0] === y ? 'A' : '?.#_DkobG~'[typeOf(slot.get(x, y))],
    ).join(''),
  );
  return rows.join('\n');
}
