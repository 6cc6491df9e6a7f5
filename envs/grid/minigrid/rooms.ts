/**
 * A grid of rooms of one size, side by side and joined by doors, from which KeyCorridor, Unlock and
 * ObstructedMaze are built. Walls of a room are numbered as directions: 0 right, 1 below, 2 left, 3 above.
 */
import type { Rng } from '#core/rng.ts';
import { Door, EMPTY, HUES, WALL } from './cells.ts';
import { columnOf, door, DX, DY, rowOf, type Area, type Slot } from './slot.ts';

/** Random walls that are tried before a level is given up. */
const CONNECTIONS = 5000;

export class Rooms {
  readonly columns: number;
  readonly rows: number;
  readonly size: number;
  readonly width: number;
  readonly height: number;
  /** [rooms × 4] 1 where a wall has a door or was taken away. */
  private readonly passages: Uint8Array;
  /** [rooms] 1 where a locked door was put into the room's own wall. */
  private readonly locked: Uint8Array;
  /** [rooms × 4] where its door is or would be, 256 · y + x; −1 in outer walls. */
  private readonly doors: Int32Array;
  private readonly reached: Uint8Array;
  private readonly queue: Int32Array;

  constructor(columns: number, rows: number, size: number) {
    this.columns = columns;
    this.rows = rows;
    this.size = size;
    this.width = (size - 1) * columns + 1;
    this.height = (size - 1) * rows + 1;
    this.passages = new Uint8Array(columns * rows * 4);
    this.locked = new Uint8Array(columns * rows);
    this.doors = new Int32Array(columns * rows * 4);
    this.reached = new Uint8Array(columns * rows);
    this.queue = new Int32Array(columns * rows);
  }

  /** The rectangle of a room, walls included. */
  area(slot: Slot, column: number, row: number): Area {
    const step = this.size - 1;
    return slot.area(column * step, row * step, this.size, this.size);
  }

  /**
   * Builds the walls and draws where each wall's door would be. The agent waits in the middle, which keeps
   * that cell free.
   */
  begin(slot: Slot, rng: Rng): void {
    const { columns, rows, size } = this;
    const step = size - 1;
    slot.fill(0, 0, this.width - 1, this.height - 1, EMPTY);
    for (let column = 0; column <= columns; column++)
      slot.fill(column * step, 0, column * step, this.height - 1, WALL);
    for (let row = 0; row <= rows; row++) slot.fill(0, row * step, this.width - 1, row * step, WALL);
    this.passages.fill(0);
    this.locked.fill(0);
    this.doors.fill(-1);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const x = column * step;
        const y = row * step;
        if (column < columns - 1)
          this.setDoor(column, row, 0, (y + 1 + rng.integer(size - 2)) * 256 + x + step);
        if (row < rows - 1) this.setDoor(column, row, 1, (y + step) * 256 + x + 1 + rng.integer(size - 2));
      }
    const middle = Math.floor(size / 2);
    slot.putAgent(Math.floor(columns / 2) * step + middle, Math.floor(rows / 2) * step + middle, 0);
  }

  /** Puts a door in a wall and returns its position, 256 · y + x. */
  addDoor(slot: Slot, column: number, row: number, wall: number, hue: number, locked: boolean): number {
    const at = this.doors[this.index(column, row) * 4 + wall];
    slot.set(columnOf(at), rowOf(at), door(hue, locked ? Door.locked : Door.closed));
    this.locked[this.index(column, row)] = locked ? 1 : 0;
    this.open(column, row, wall);
    return at;
  }

  /** Removes a wall except its ends. */
  removeWall(slot: Slot, column: number, row: number, wall: number): void {
    const step = this.size - 1;
    const x = column * step;
    const y = row * step;
    const at = wall === 0 ? x + step : wall === 1 ? y + step : wall === 2 ? x : y;
    if (wall === 0 || wall === 2) slot.fill(at, y + 1, at, y + step - 1, EMPTY);
    else slot.fill(x + 1, at, x + step - 1, at, EMPTY);
    this.open(column, row, wall);
  }

  /** Puts an object in a room, not next to the agent, and returns its position. */
  place(slot: Slot, rng: Rng, column: number, row: number, code: number): number {
    return slot.place(code, rng, this.area(slot, column, row), 2);
  }

  /** Puts the agent in a room, not directly facing an object. */
  placeAgent(slot: Slot, rng: Rng, column: number, row: number): void {
    const area = this.area(slot, column, row);
    do slot.placeAgent(rng, area);
    while (!slot.failed && !this.looksClear(slot));
  }

  /** Adds doors at random until every room can be reached; locked rooms get no more doors. */
  connectAll(slot: Slot, rng: Rng): void {
    for (let k = 0; k < CONNECTIONS; k++) {
      if (this.allReached(slot)) return;
      const column = rng.integer(this.columns);
      const row = rng.integer(this.rows);
      const wall = rng.integer(4);
      const room = this.index(column, row);
      if (this.doors[room * 4 + wall] < 0 || this.passages[room * 4 + wall]) continue;
      if (this.locked[room] || this.locked[this.index(column + DX[wall], row + DY[wall])]) continue;
      this.addDoor(slot, column, row, wall, rng.integer(HUES), false);
    }
    slot.failed = true;
  }

  /** Nothing but floor or a wall right ahead. */
  private looksClear(slot: Slot): boolean {
    const ahead = slot.s.grid[slot.front()];
    return ahead === EMPTY || ahead === WALL;
  }

  /** Whether every room can be reached from the agent's, through doors of any kind. */
  private allReached(slot: Slot): boolean {
    const step = this.size - 1;
    const first = this.index(Math.floor(slot.s.x[slot.i] / step), Math.floor(slot.s.y[slot.i] / step));
    this.reached.fill(0);
    this.reached[first] = 1;
    this.queue[0] = first;
    let found = 1;
    for (let k = 0; k < found; k++) {
      const room = this.queue[k];
      for (let wall = 0; wall < 4; wall++) {
        if (!this.passages[room * 4 + wall]) continue;
        const next = room + DX[wall] + DY[wall] * this.columns;
        if (!this.reached[next]) this.queue[found++] = next;
        this.reached[next] = 1;
      }
    }
    return found === this.columns * this.rows;
  }

  private index(column: number, row: number): number {
    return row * this.columns + column;
  }

  private setDoor(column: number, row: number, wall: number, at: number): void {
    this.doors[this.index(column, row) * 4 + wall] = at;
    this.doors[this.index(column + DX[wall], row + DY[wall]) * 4 + ((wall + 2) & 3)] = at;
  }

  private open(column: number, row: number, wall: number): void {
    this.passages[this.index(column, row) * 4 + wall] = 1;
    this.passages[this.index(column + DX[wall], row + DY[wall]) * 4 + ((wall + 2) & 3)] = 1;
  }
}
