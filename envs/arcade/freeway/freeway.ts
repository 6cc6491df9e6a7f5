/**
 * Miniature Freeway on a 10×10 board: bring the chicken across eight lanes of traffic as often as 2501 steps allow. Behaves
 * as MinAtar's (Young & Tian, 2019), written from its rules. The eight cars of a slot lie in the lanes of single numbers, so that
 * all of them drive at once.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';
import { firstLane, laneOf, LANES, maskOf, ONES, zeroLanes } from '../lanes.ts';

const SIZE = 10;
const CHANNELS = 7;
/** Channel 1 + v is for cars that move every v-th … step: v is 1 … 5, 1 the fastest. */
const [CHICKEN, CAR] = [0, 1];
const SPEEDS = 5;
const COLUMN = 4;
const START_ROW = SIZE - 1;
const MOVE_INTERVAL = 3;
const CLOCK = 2500;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);
/** A lane of `speed`: how many steps a car waits between two moves, 1 … 5, and this bit if it drives to the right. */
const RIGHT = 8;
const STEPS = 7 * ONES;

type State = Readonly<Record<ByteColumn, Int8Array> & Record<LaneColumn, Int32Array>> & {
  readonly clock: Int16Array;
};
type ByteColumn = 'executed' | 'ended' | 'row' | 'moveTimer' | 'shownRow';
/** Lane k is row k + 1: the column of its car, steps until it moves, its speed; and what `refresh` wrote last. */
type LaneColumn = 'at' | 'timer' | 'speed' | 'shownAt' | 'shownSpeed';

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { codes, action, keys } = joystick(params, [Joystick.none, Joystick.up, Joystick.down]);
  const sticky = params.stickyActions;
  const spec: EnvSpec = {
    id: 'freeway',
    version: 2,
    title: 'Freeway',
    observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
    action,
    rewards: [
      {
        id: 'crossing',
        label: 'Crossing',
        weight: 1,
        help: '1 whenever the chicken reaches the other side.',
      },
      { id: 'hit', label: 'Hit', weight: 0, help: '1 whenever a car sends the chicken back.' },
    ],
    maxSteps: 0,
    fps: 20,
    keys,
    players: 1,
  };
  return {
    spec,

    allocate(n) {
      const bytes = (): Int8Array => new Int8Array(n);
      const lanes = (): Int32Array => new Int32Array(n);
      return {
        executed: bytes(),
        ended: bytes(),
        row: bytes(),
        moveTimer: bytes(),
        clock: new Int16Array(n),
        at: lanes(),
        timer: lanes(),
        speed: lanes(),
        shownRow: bytes(),
        shownAt: lanes(),
        shownSpeed: lanes(),
      };
    },

    reset(s, i, rng) {
      s.ended[i] = 0;
      s.row[i] = START_ROW;
      s.moveTimer[i] = MOVE_INTERVAL;
      s.clock[i] = CLOCK;
      s.at[i] = 0;
      randomiseCars(s, i, rng);
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], sticky, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      let row = s.row[i];
      if (s.moveTimer[i] === 0 && (code === Joystick.up || code === Joystick.down)) {
        s.moveTimer[i] = MOVE_INTERVAL;
        row = code === Joystick.up ? Math.max(0, row - 1) : Math.min(SIZE - 1, row + 1);
      }
      if (row === 0) {
        out.events[0] = 1;
        randomiseCars(s, i, rng);
        row = START_ROW;
      }
      // A car can meet the chicken only in its own lane: before it moves, or by moving.
      const inTraffic = row >= 1 && row <= LANES;
      let hit = inTraffic && laneOf(s.at[i], row - 1) === COLUMN;
      drive(s, i);
      hit ||= inTraffic && laneOf(s.at[i], row - 1) === COLUMN;
      if (hit) {
        row = START_ROW;
        out.events[1] = 1;
      }
      s.row[i] = row;
      if (s.moveTimer[i] > 0) s.moveTimer[i]--;
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
  };
}

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

/** Writes `value` where the cars of some lanes are, and behind each, wrapping, in the channel of its speed. */
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

export const freeway = defineEnv({
  id: 'freeway',
  title: 'Freeway',
  group: 'arcade',
  summary: 'Bring the chicken across the lanes as often as time allows.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});
