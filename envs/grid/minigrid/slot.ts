/**
 * The state of n MiniGrid worlds, and a cursor over one of them with which levels are built and rules are
 * written. Each grid lies in a frame of walls as wide as an agent can see, so that looking never leaves the
 * array.
 */
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { EMPTY, Hue, Type, WALL, cell } from './cells.ts';

/** Walls around every grid: the view reaches six cells ahead. */
const FRAME = 6;

/** Unit steps by direction: 0 right, 1 down, 2 left, 3 up. */
export const DX = [1, 0, -1, 0] as const;
export const DY = [0, 1, 0, -1] as const;

/** The size of a slot: the grid's, and how many numbers its mission and its marks take. */
export interface Extent {
  readonly width: number;
  readonly height: number;
  readonly mission: number;
  readonly marks: number;
}

/** The state of n worlds, in which everything is wall. */
export function columns(n: number, { width, height, mission, marks }: Extent) {
  return {
    /** [n × framed cells] row-major, codes of cells.ts. */
    grid: new Int16Array(n * (width + 2 * FRAME) * (height + 2 * FRAME)).fill(WALL),
    /** [n] the agent's column, row and direction. */
    x: new Int16Array(n),
    y: new Int16Array(n),
    direction: new Uint8Array(n),
    /** [n] the carried object's code; 0 is nothing. */
    carrying: new Int16Array(n),
    /** [n] steps since the episode began: success is worth less the later it comes. */
    steps: new Int32Array(n),
    /** [n × mission] the mission as numbers that the agent sees. */
    mission: new Uint8Array(n * mission),
    /** [n × marks] places (x, y, x, y, …) that the rules watch and the agent is not told. */
    marks: new Int16Array(n * marks),
  };
}
export type Worlds = ColumnsOf<typeof columns>;

/** A position as one number, so that none is allocated: 256 · y + x. */
export function columnOf(position: number): number {
  return position & 255;
}

export function rowOf(position: number): number {
  return position >> 8;
}

/** Attempts to place one object before the level is given up. */
const TRIES = 1000;

/** A cursor over slot i. There is one per kernel; `on` moves it. */
export class Slot {
  readonly width: number;
  readonly height: number;
  /** Numbers from a cell to the one below. */
  readonly stride: number;
  /** Index of cell (0, 0) in `grid`. */
  origin = 0;
  s: Worlds;
  i = 0;
  /** The whole grid, and the part of it that `area` set last: rectangles to place objects in. */
  readonly all: Area;
  readonly part: { -readonly [K in keyof Area]: Area[K] };
  /** True once something did not fit: the level is rebuilt. */
  failed = false;
  private readonly size: number;
  private readonly extent: Extent;

  constructor(extent: Extent) {
    this.extent = extent;
    this.width = extent.width;
    this.height = extent.height;
    this.stride = extent.width + 2 * FRAME;
    this.size = this.stride * (extent.height + 2 * FRAME);
    this.s = columns(0, extent);
    this.all = { x: 0, y: 0, width: this.width, height: this.height };
    this.part = { ...this.all };
  }

  on(s: Worlds, i: number): this {
    this.s = s;
    this.i = i;
    this.origin = i * this.size + FRAME * this.stride + FRAME;
    return this;
  }

  get(x: number, y: number): number {
    return this.s.grid[this.origin + y * this.stride + x];
  }

  set(x: number, y: number, code: number): void {
    this.s.grid[this.origin + y * this.stride + x] = code;
  }

  /** Index of the cell in front of the agent. */
  front(): number {
    const { s, i } = this;
    const d = s.direction[i];
    return this.origin + (s.y[i] + DY[d]) * this.stride + s.x[i] + DX[d];
  }

  mission(k: number): number {
    return this.s.mission[this.i * this.extent.mission + k];
  }

  setMission(k: number, value: number): void {
    this.s.mission[this.i * this.extent.mission + k] = value;
  }

  mark(k: number): number {
    return this.s.marks[this.i * this.extent.marks + k];
  }

  setMark(k: number, value: number): void {
    this.s.marks[this.i * this.extent.marks + k] = value;
  }

  /** Stores a position that `freeCell` returned as the (x, y) pair at mark k. */
  markPlace(k: number, place: number): void {
    this.setMark(k, columnOf(place));
    this.setMark(k + 1, rowOf(place));
  }

  /** Sets the rectangle `part` and returns it. */
  area(x: number, y: number, width: number, height: number): Area {
    this.part.x = x;
    this.part.y = y;
    this.part.width = width;
    this.part.height = height;
    return this.part;
  }

  /** Whether the agent stands on mark k, an (x, y) pair. */
  standsOn(k: number): boolean {
    return this.s.x[this.i] === this.mark(k) && this.s.y[this.i] === this.mark(k + 1);
  }

  /** Builds one room in the upper left corner; everything around it becomes wall. */
  room(width = this.width, height = this.height): void {
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) {
        const inside = x > 0 && y > 0 && x < width - 1 && y < height - 1;
        this.set(x, y, inside ? EMPTY : WALL);
      }
  }

  /** Fills the rectangle whose corners are given, both included. */
  fill(left: number, top: number, right: number, bottom: number, code: number): void {
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) this.set(x, y, code);
  }

  /** Puts walls on the edge of a rectangle. */
  outline(left: number, top: number, width: number, height: number): void {
    this.fill(left, top, left + width - 1, top, WALL);
    this.fill(left, top + height - 1, left + width - 1, top + height - 1, WALL);
    this.fill(left, top, left, top + height - 1, WALL);
    this.fill(left + width - 1, top, left + width - 1, top + height - 1, WALL);
  }

  putAgent(x: number, y: number, direction: number): void {
    this.s.x[this.i] = x;
    this.s.y[this.i] = y;
    this.s.direction[this.i] = direction;
  }

  /**
   * A free cell of a rectangle (clipped to the grid), each equally likely, without an object or the agent;
   * −1, and `failed`, if none was found. `apart`: the least number of steps from the agent.
   */
  freeCell(rng: Rng, area: Area, apart = 1): number {
    const right = Math.min(area.x + area.width, this.width);
    const bottom = Math.min(area.y + area.height, this.height);
    for (let k = 0; k < TRIES; k++) {
      const x = area.x + rng.integer(right - area.x);
      const y = area.y + rng.integer(bottom - area.y);
      const far = Math.abs(this.s.x[this.i] - x) + Math.abs(this.s.y[this.i] - y);
      if (this.get(x, y) === EMPTY && far >= apart) return y * 256 + x;
    }
    this.failed = true;
    return -1;
  }

  /** Puts an object on a free cell and returns its position. */
  place(code: number, rng: Rng, area: Area, apart = 1): number {
    const at = this.freeCell(rng, area, apart);
    if (at >= 0) this.set(columnOf(at), rowOf(at), code);
    return at;
  }

  /** Puts the agent on a free cell, facing any direction. */
  placeAgent(rng: Rng, area: Area): void {
    this.s.x[this.i] = -1;
    this.s.y[this.i] = -1;
    const at = this.freeCell(rng, area, 0);
    this.putAgent(columnOf(at), rowOf(at), rng.integer(4));
  }
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Codes of the objects that levels place. */
export function door(hue: number, state: number): number {
  return cell(Type.door, hue, state);
}

export function key(hue: number): number {
  return cell(Type.key, hue);
}

export function ball(hue: number = Hue.blue): number {
  return cell(Type.ball, hue);
}
