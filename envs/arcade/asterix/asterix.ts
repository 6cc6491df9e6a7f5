/**
 * Miniature Asterix on a 10×10 board: gold and enemies cross eight rows, take the one and avoid the other while both get
 * faster. Behaves as MinAtar's (Young & Tian, 2019), written from its rules.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 4;
const [PLAYER, ENEMY, TRAIL, GOLD] = [0, 1, 2, 3];
/** Lanes of a slot; lane k is row k + 1 and holds at most one thing. */
const LANES = 8;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);
const FIRST_SPAWN = 10;
const FIRST_MOVE = 5;
const RAMP_INTERVAL = 100;

type State = Readonly<Record<Column, Int8Array>> & { readonly ramp: Int32Array };
type Column =
  | 'executed'
  | 'ended'
  | 'x'
  | 'y'
  | 'spawnSpeed'
  | 'spawnTimer'
  | 'moveSpeed'
  | 'moveTimer'
  | 'rampTimer'
  /** [n × 8] what is in the lane: 0, or the channel ENEMY or GOLD. */
  | 'kind'
  /** [n × 8] its column, and −1 or 1. */
  | 'at'
  | 'heading';

function create(params: ArcadeParams): EnvKernel<State, number> {
  const minimal = [Joystick.none, Joystick.left, Joystick.up, Joystick.right, Joystick.down];
  const { codes, action, keys } = joystick(params, minimal);
  const { stickyActions, ramping } = params;
  const spec: EnvSpec = {
    id: 'asterix',
    version: 1,
    title: 'Asterix',
    observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
    action,
    rewards: [
      { id: 'gold', label: 'Gold', weight: 1, help: '1 for every piece of gold taken.' },
      { id: 'step', label: 'Step', weight: 0, help: '1 for every step survived.' },
      { id: 'lost', label: 'Lost', weight: 0, help: '1 when an enemy is met.' },
    ],
    maxSteps: 0,
    fps: 12,
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
        x: bytes(),
        y: bytes(),
        spawnSpeed: bytes(),
        spawnTimer: bytes(),
        moveSpeed: bytes(),
        moveTimer: bytes(),
        rampTimer: bytes(),
        kind: bytes(n * LANES),
        at: bytes(n * LANES),
        heading: bytes(n * LANES),
        ramp: new Int32Array(n),
      };
    },

    reset(s, i) {
      s.ended[i] = 0;
      s.x[i] = s.y[i] = 5;
      s.spawnSpeed[i] = s.spawnTimer[i] = FIRST_SPAWN;
      s.moveSpeed[i] = s.moveTimer[i] = FIRST_MOVE;
      s.rampTimer[i] = RAMP_INTERVAL;
      s.ramp[i] = 0;
      for (let k = i * LANES; k < (i + 1) * LANES; k++) s.kind[k] = s.at[k] = s.heading[k] = 0;
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], stickyActions, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      if (s.spawnTimer[i] === 0) {
        spawn(s, i, rng);
        s.spawnTimer[i] = s.spawnSpeed[i];
      }
      if (code === Joystick.left && s.x[i] > 0) s.x[i]--;
      else if (code === Joystick.right && s.x[i] < SIZE - 1) s.x[i]++;
      else if (code === Joystick.up && s.y[i] > 1) s.y[i]--;
      else if (code === Joystick.down && s.y[i] < LANES) s.y[i]++;

      const first = i * LANES;
      const lane = first + s.y[i] - 1;
      let gold = 0;
      let lost = false;
      // Only what is in the player's own lane can meet the player, before it moves and after.
      for (let moved = 0; moved < 2; moved++) {
        if (s.kind[lane] !== 0 && s.at[lane] === s.x[i]) {
          if (s.kind[lane] === ENEMY) lost = true;
          else {
            gold++;
            s.kind[lane] = 0;
          }
        }
        if (moved === 1 || s.moveTimer[i] !== 0) break;
        s.moveTimer[i] = s.moveSpeed[i];
        for (let k = first; k < first + LANES; k++) {
          const to = s.at[k] + s.heading[k];
          if (to < 0 || to >= SIZE) s.kind[k] = 0;
          else s.at[k] = to;
        }
      }
      s.spawnTimer[i]--;
      s.moveTimer[i]--;
      if (ramping) ramp(s, i);
      out.events[0] = gold;
      out.events[1] = lost ? 0 : 1;
      out.events[2] = lost ? 1 : 0;
      out.terminated = lost;
      s.ended[i] = lost ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      into[offset + (s.y[i] * SIZE + s.x[i]) * CHANNELS + PLAYER] = 1;
      const { kind, at, heading } = s;
      for (let lane = 0, k = i * LANES; lane < LANES; lane++, k++) {
        if (kind[k] === 0) continue;
        const row = offset + (lane + 1) * SIZE * CHANNELS;
        const behind = at[k] - heading[k];
        into[row + at[k] * CHANNELS + kind[k]] = 1;
        if (behind >= 0 && behind < SIZE) into[row + behind * CHANNELS + TRAIL] = 1;
      }
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      for (let lane = 0, k = i * LANES; lane < LANES; lane++, k++) {
        const y = lane + 1.5;
        list.line(0.2, y, SIZE - 0.2, y, 0.03, Colour.floor);
        if (s.kind[k] === 0) continue;
        const x = s.at[k] + 0.5;
        const dx = s.heading[k];
        if (x - dx > 0 && x - dx < SIZE) list.line(x - dx * 0.8, y, x - dx * 0.45, y, 0.06, Colour.dim, 0.6);
        if (s.kind[k] === GOLD) {
          list.circle(x, y, 0.3, Colour.gold);
          list.circle(x, y, 0.16, Colour.orange);
        } else {
          list.triangle(x + dx * 0.38, y, x - dx * 0.3, y - 0.36, x - dx * 0.3, y + 0.36, Colour.danger);
        }
      }
      list.rect(s.x[i] + 0.12, s.y[i] + 0.12, 0.76, 0.76, Colour.agent, 0.22);
      list.circle(s.x[i] + 0.36, s.y[i] + 0.44, 0.07, Colour.ground);
      list.circle(s.x[i] + 0.64, s.y[i] + 0.44, 0.07, Colour.ground);
    },
  };
}

/** Something enters a free lane from one side: with chance 1/3 gold, else an enemy. */
function spawn(s: State, i: number, rng: Rng): void {
  const rightwards = rng.uniform() < 1 / 2;
  const kind = rng.uniform() < 1 / 3 ? GOLD : ENEMY;
  const first = i * LANES;
  let free = 0;
  for (let k = first; k < first + LANES; k++) if (s.kind[k] === 0) free++;
  if (free === 0) return;
  let skip = rng.integer(free);
  let k = first;
  while (s.kind[k] !== 0 || skip-- > 0) k++;
  s.kind[k] = kind;
  s.at[k] = rightwards ? 0 : SIZE - 1;
  s.heading[k] = rightwards ? 1 : -1;
}

/** Counts down and, below zero, makes the game faster: every ramp spawns sooner, every odd one moves faster too. */
function ramp(s: State, i: number): void {
  if (s.spawnSpeed[i] <= 1 && s.moveSpeed[i] <= 1) return;
  if (s.rampTimer[i] >= 0) {
    s.rampTimer[i]--;
    return;
  }
  if (s.moveSpeed[i] > 1 && s.ramp[i] % 2 === 1) s.moveSpeed[i]--;
  if (s.spawnSpeed[i] > 1) s.spawnSpeed[i]--;
  s.ramp[i]++;
  s.rampTimer[i] = RAMP_INTERVAL;
}

export const asterix = defineEnv({
  id: 'asterix',
  title: 'Asterix',
  group: 'arcade',
  summary: 'Take the gold that crosses the rows and keep away from the enemies.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});
