/**
 * Miniature Freeway on a 10×10 board: bring the chicken across eight lanes of traffic as often as 2501 steps allow. Behaves
 * as MinAtar's (Young & Tian, 2019), written from its rules.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 7;
/** Channel 1 + v is for cars that move every v-th … step: v is 1 … 5, 1 the fastest. */
const [CHICKEN, CAR] = [0, 1];
const SPEEDS = 5;
const LANES = 8;
const COLUMN = 4;
const START_ROW = SIZE - 1;
const MOVE_INTERVAL = 3;
const CLOCK = 2500;
/** Where a car at column x is when it goes by dx: WRAP[1 + x + dx]. */
const WRAP = Int8Array.of(SIZE - 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

type State = Readonly<Record<Column, Int8Array>> & { readonly clock: Int16Array };
type Column =
  | 'executed'
  | 'ended'
  | 'row'
  | 'moveTimer'
  /** [n × 8] the car in lane k, that is row k + 1: its column, steps until it moves, and signed speed. */
  | 'at'
  | 'timer'
  | 'speed';

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { codes, action, keys } = joystick(params, [Joystick.none, Joystick.up, Joystick.down]);
  const sticky = params.stickyActions;
  const spec: EnvSpec = {
    id: 'freeway',
    version: 1,
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
      const bytes = (size = n): Int8Array => new Int8Array(size);
      return {
        executed: bytes(),
        ended: bytes(),
        row: bytes(),
        moveTimer: bytes(),
        at: bytes(n * LANES),
        timer: bytes(n * LANES),
        speed: bytes(n * LANES),
        clock: new Int16Array(n),
      };
    },

    reset(s, i, rng) {
      s.ended[i] = 0;
      s.row[i] = START_ROW;
      s.moveTimer[i] = MOVE_INTERVAL;
      s.clock[i] = CLOCK;
      for (let k = i * LANES; k < (i + 1) * LANES; k++) s.at[k] = 0;
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
      const { at, timer, speed } = s;
      const first = i * LANES;
      // A car can meet the chicken only in its own lane: before it moves, or by moving.
      const lane = first + row - 1;
      let hit = row <= LANES && at[lane] === COLUMN;
      for (let k = first; k < first + LANES; k++) {
        // Arithmetic instead of branches: which cars move now is nothing that a processor could guess.
        const moves = timer[k] === 0 ? 1 : 0;
        timer[k] += moves * (Math.abs(speed[k]) + 1) - 1;
        at[k] = WRAP[1 + at[k] + moves * direction(speed[k])];
      }
      hit ||= row <= LANES && at[lane] === COLUMN;
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
      into[offset + (s.row[i] * SIZE + COLUMN) * CHANNELS + CHICKEN] = 1;
      for (let lane = 0, k = i * LANES; lane < LANES; lane++, k++) {
        const row = offset + (lane + 1) * SIZE * CHANNELS;
        const v = s.speed[k];
        const x = s.at[k];
        into[row + x * CHANNELS + CAR] = 1;
        into[row + WRAP[1 + x - direction(v)] * CHANNELS + CAR + Math.abs(v)] = 1;
      }
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      list.rect(0, 1, SIZE, LANES, Colour.floor);
      for (let lane = 1; lane < LANES; lane++)
        for (let x = 0; x < SIZE; x++) list.line(x + 0.3, lane + 1, x + 0.7, lane + 1, 0.03, Colour.grid);
      const colours = [Colour.danger, Colour.orange, Colour.gold, Colour.purple, Colour.blue];
      for (let lane = 0, k = i * LANES; lane < LANES; lane++, k++) {
        const v = s.speed[k];
        const x = s.at[k];
        const y = lane + 1;
        list.rect(x + 0.08, y + 0.24, 0.84, 0.52, colours[Math.abs(v) - 1], 0.16);
        list.rect(x + (v > 0 ? 0.5 : 0.3), y + 0.32, 0.2, 0.36, Colour.ground, 0.05);
      }
      const [x, y] = [COLUMN + 0.5, s.row[i] + 0.5];
      list.circle(x, y, 0.34, Colour.ink);
      list.triangle(x - 0.12, y - 0.28, x + 0.12, y - 0.28, x, y - 0.48, Colour.orange);
    },
  };
}

/** −1 or 1: the sign of a speed, which is never 0. */
function direction(speed: number): number {
  return (speed >> 31) | 1;
}

/** New speeds and directions for all cars of a slot; where they are stays. */
function randomiseCars(s: State, i: number, rng: Rng): void {
  const first = i * LANES;
  for (let k = first; k < first + LANES; k++) s.timer[k] = 1 + rng.integer(SPEEDS);
  for (let k = first; k < first + LANES; k++) s.speed[k] = rng.uniform() < 0.5 ? -s.timer[k] : s.timer[k];
}

export const freeway = defineEnv({
  id: 'freeway',
  title: 'Freeway',
  group: 'arcade',
  summary: 'Bring the chicken across the lanes as often as time allows.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});
