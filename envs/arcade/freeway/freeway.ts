/**
 * Miniature Freeway on a 10 × 10 board: bring the chicken across eight lanes of traffic as often as 2501
 * steps allow. Behaves as MinAtar's (Young & Tian, 2019), written from its rules. The eight cars are packed
 * into the lanes of single numbers (see lanes.ts), so that all of them drive at once.
 */
import { Colour } from '#core/draw-list.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { steadyParams, defineArcade, Joystick, OVER } from '../arcade.ts';
import { firstLane, laneOf, LANES, maskOf, ONES, zeroLanes } from '../lanes.ts';

const SIZE = 10;
const CHANNELS = 7;
/**
 * Channel CAR + v marks the cells behind the cars that wait v steps between two moves: v is 1 … 5, 1 the
 * fastest.
 */
const [CHICKEN, CAR] = [0, 1];
const SPEEDS = 5;
/** The chicken's column, and the row where it starts. */
const COLUMN = 4;
const START_ROW = SIZE - 1;
/** In steps: the chicken moves once per interval; an episode ends when the clock falls below 0. */
const MOVE_INTERVAL = 3;
const CLOCK = 2500;
/**
 * A lane of `speed`: how many steps a car waits between two moves, 1 … 5, plus this bit if it drives to the
 * right.
 */
const RIGHT = 8;
const STEPS = 7 * ONES;
const event = { crossing: 0, hit: 1 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** Row of the chicken, and steps until it may move again. */
    row: new Int8Array(n),
    moveTimer: new Int8Array(n),
    clock: new Int16Array(n),
    /** Lane k is row k + 1: the column of its car, steps until it moves, and its speed. */
    at: new Int32Array(n),
    timer: new Int32Array(n),
    speed: new Int32Array(n),
    /** What `refresh` wrote last. */
    shownRow: new Int8Array(n),
    shownAt: new Int32Array(n),
    shownSpeed: new Int32Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

export const freeway = defineArcade({
  id: 'freeway',
  version: 2,
  title: 'Freeway',
  summary: 'Bring the chicken across the lanes as often as time allows.',
  channels: ['chicken', 'car', 'speed 1', 'speed 2', 'speed 3', 'speed 4', 'speed 5'],
  minimal: [Joystick.none, Joystick.up, Joystick.down],
  rewards: [
    { id: 'crossing', label: 'Crossing', weight: 1, help: '1 whenever the chicken reaches the other side.' },
    { id: 'hit', label: 'Hit', weight: 0, help: '1 whenever a car sends the chicken back.' },
  ],
  maxSteps: 0,
  fps: 20,
  params: steadyParams,
  columns,
  rules: (_params, play) => ({
    reset(s, i, rng) {
      s.ended[i] = 0;
      s.row[i] = START_ROW;
      s.moveTimer[i] = MOVE_INTERVAL;
      s.clock[i] = CLOCK;
      s.at[i] = 0;
      randomiseCars(s, i, rng);
    },

    step(s, i, action, rng, out) {
      const code = play(s, i, action, rng, out);
      if (code === OVER) return;
      let row = s.row[i];
      if (s.moveTimer[i] === 0 && (code === Joystick.up || code === Joystick.down)) {
        s.moveTimer[i] = MOVE_INTERVAL;
        row = code === Joystick.up ? Math.max(0, row - 1) : Math.min(SIZE - 1, row + 1);
      }
      if (row === 0) {
        out.events[event.crossing] = 1;
        randomiseCars(s, i, rng);
        row = START_ROW;
      }
      // Only the car in the chicken's own lane can hit it: before it moves, or by moving.
      const inTraffic = row >= 1 && row <= LANES;
      let hit = inTraffic && laneOf(s.at[i], row - 1) === COLUMN;
      drive(s, i);
      hit ||= inTraffic && laneOf(s.at[i], row - 1) === COLUMN;
      if (hit) {
        row = START_ROW;
        out.events[event.hit] = 1;
      }
      s.row[i] = row;
      if (s.moveTimer[i] > 0) s.moveTimer[i]--;
      // The end of the game's own clock is a termination in the reference.
      if (--s.clock[i] < 0) {
        out.terminated = true;
        s.ended[i] = 1;
      }
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      into[offset + chickenAt(s.row[i])] = 1;
      paintCars(s.at[i], s.speed[i], ONES, 1, into, offset);
    },

    refresh(s, i, into, offset) {
      into[offset + chickenAt(s.shownRow[i])] = 0;
      into[offset + chickenAt(s.row[i])] = 1;
      s.shownRow[i] = s.row[i];
      const { at, speed, shownAt, shownSpeed } = s;
      const changed = ONES ^ zeroLanes((at[i] ^ shownAt[i]) | (speed[i] ^ shownSpeed[i]));
      paintCars(shownAt[i], shownSpeed[i], changed, 0, into, offset);
      paintCars(at[i], speed[i], changed, 1, into, offset);
      shownAt[i] = at[i];
      shownSpeed[i] = speed[i];
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      list.rect(0, 1, SIZE, LANES, Colour.floor);
      for (let lane = 1; lane < LANES; lane++)
        for (let x = 0; x < SIZE; x++) list.line(x + 0.3, lane + 1, x + 0.7, lane + 1, 0.03, Colour.grid);
      const colours = [Colour.danger, Colour.orange, Colour.gold, Colour.purple, Colour.blue];
      for (let lane = 0; lane < LANES; lane++) {
        const speed = laneOf(s.speed[i], lane);
        const x = laneOf(s.at[i], lane);
        const y = lane + 1;
        list.rect(x + 0.08, y + 0.24, 0.84, 0.52, colours[(speed & ~RIGHT) - 1], 0.16);
        list.rect(x + (speed & RIGHT ? 0.5 : 0.3), y + 0.32, 0.2, 0.36, Colour.ground, 0.05);
      }
      const [x, y] = [COLUMN + 0.5, s.row[i] + 0.5];
      list.circle(x, y, 0.34, Colour.ink);
      list.triangle(x - 0.12, y - 0.28, x + 0.12, y - 0.28, x, y - 0.48, Colour.orange);
    },
  }),
});

/** One step of all cars of slot i: those whose time has come move one column, wrapping, the others wait. */
function drive(s: State, i: number): void {
  const speed = s.speed[i];
  const waited = s.timer[i];
  const moves = zeroLanes(waited);
  s.timer[i] = (waited - (ONES ^ moves)) | (speed & maskOf(moves) & STEPS);
  const rightwards = moves & (speed >>> 3);
  const leftwards = moves ^ rightwards;
  let at = s.at[i] + rightwards;
  // Only 10 has both of these bits: one column past the last.
  at -= Math.imul((at >>> 3) & (at >>> 1) & ONES, SIZE);
  at += Math.imul(leftwards & zeroLanes(at), SIZE);
  s.at[i] = at - leftwards;
}

/** New speeds and directions for all cars of a slot; where they are stays. */
function randomiseCars(s: State, i: number, rng: Rng): void {
  let steps = 0;
  for (let lane = 0; lane < LANES; lane++) steps |= (1 + rng.integer(SPEEDS)) << (4 * lane);
  let directions = 0;
  for (let lane = 0; lane < LANES; lane++) directions |= rng.uniform() < 0.5 ? 0 : RIGHT << (4 * lane);
  s.timer[i] = steps;
  s.speed[i] = steps | directions;
}

function chickenAt(row: number): number {
  return (row * SIZE + COLUMN) * CHANNELS + CHICKEN;
}

/**
 * Writes `value` where the cars of some lanes are, and behind each, wrapping, in the channel of its speed.
 */
function paintCars(
  at: number,
  speed: number,
  some: number,
  value: number,
  into: Float32Array,
  offset: number,
): void {
  for (let left = some; left !== 0; left &= left - 1) {
    const lane = firstLane(left);
    const row = offset + (lane + 1) * SIZE * CHANNELS;
    const x = laneOf(at, lane);
    const v = laneOf(speed, lane);
    const behind = v & RIGHT ? (x === 0 ? SIZE - 1 : x - 1) : x === SIZE - 1 ? 0 : x + 1;
    into[row + x * CHANNELS + CAR] = value;
    into[row + behind * CHANNELS + CAR + (v & ~RIGHT)] = value;
  }
}
