/**
 * Miniature Asterix on a 10 × 10 board: gold and enemies cross eight rows; take the gold and avoid the
 * enemies while both get faster. Behaves as MinAtar's (Young & Tian, 2019), written from its rules. The
 * things in the eight rows are packed into the lanes of single numbers (see lanes.ts), so that all of them
 * move at once.
 */
import { Colour } from '#core/draw-list.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { arcadeParams, defineArcade, Joystick, OVER } from '../arcade.ts';
import { countLanes, firstLane, laneOf, LANES, maskOf, ONES, zeroLanes } from '../lanes.ts';

const SIZE = 10;
const CHANNELS = 4;
const [PLAYER, ENEMY, TRAIL, GOLD] = [0, 1, 2, 3];
/** Cells that the player moves, by joystick code. */
const DX = Int8Array.of(0, -1, 0, 1, 0, 0);
const DY = Int8Array.of(0, 0, -1, 0, 1, 0);
/** In steps. The first two shrink to 1 as the game ramps. */
const FIRST_SPAWN = 10;
const FIRST_MOVE = 5;
const RAMP_INTERVAL = 100;
/**
 * A lane of `kind`: 0 or the channel ENEMY or GOLD, which are both odd, plus this bit if the thing moves to
 * the right.
 */
const RIGHT = 8;
const event = { gold: 0, step: 1, lost: 2 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** The player's cell. */
    x: new Int8Array(n),
    y: new Int8Array(n),
    /**
     * Steps between two spawns and between two moves of the things, and until the next of each and the next
     * ramp.
     */
    spawnSpeed: new Int8Array(n),
    spawnTimer: new Int8Array(n),
    moveSpeed: new Int8Array(n),
    moveTimer: new Int8Array(n),
    rampTimer: new Int8Array(n),
    /** Lane k is row k + 1 and holds at most one thing: its kind and its column (0 without one). */
    kind: new Int32Array(n),
    at: new Int32Array(n),
    /** How often the game has become faster. */
    ramp: new Int32Array(n),
    /** What `refresh` wrote last: lanes, and the index of the player. */
    shownKind: new Int32Array(n),
    shownAt: new Int32Array(n),
    shownPlayer: new Int32Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

export const asterix = defineArcade({
  id: 'asterix',
  version: 2,
  title: 'Asterix',
  summary: 'Collect the gold that crosses the rows and avoid the enemies.',
  channels: ['player', 'enemy', 'trail', 'gold'],
  minimal: [Joystick.none, Joystick.left, Joystick.up, Joystick.right, Joystick.down],
  rewards: [
    { id: 'gold', label: 'Gold', weight: 1, help: '1 for every piece of gold collected.' },
    { id: 'step', label: 'Step', weight: 0, help: '1 for every step survived.' },
    { id: 'lost', label: 'Lost', weight: 0, help: '1 when the player touches an enemy.' },
  ],
  maxSteps: 0,
  fps: 12,
  params: arcadeParams,
  columns,
  rules: ({ ramping }, play) => ({
    reset(s, i) {
      s.ended[i] = 0;
      s.x[i] = s.y[i] = 5;
      s.spawnSpeed[i] = s.spawnTimer[i] = FIRST_SPAWN;
      s.moveSpeed[i] = s.moveTimer[i] = FIRST_MOVE;
      s.rampTimer[i] = RAMP_INTERVAL;
      s.ramp[i] = s.kind[i] = s.at[i] = 0;
    },

    step(s, i, action, rng, out) {
      const code = play(s, i, action, rng, out);
      if (code === OVER) return;
      if (s.spawnTimer[i] === 0) {
        spawn(s, i, rng);
        s.spawnTimer[i] = s.spawnSpeed[i];
      }
      const x = Math.max(0, Math.min(SIZE - 1, s.x[i] + DX[code]));
      const y = Math.max(1, Math.min(LANES, s.y[i] + DY[code]));
      s.x[i] = x;
      s.y[i] = y;

      // Only what is in the player's own lane can meet the player, before it moves and after.
      let met = meet(s, i, x, y);
      if (s.moveTimer[i] === 0) {
        s.moveTimer[i] = s.moveSpeed[i];
        move(s, i);
        met |= meet(s, i, x, y);
      }
      // A lane holds one thing, so a step collects one piece of gold at most.
      const gold = met === GOLD ? 1 : 0;
      const lost = met === ENEMY;
      s.spawnTimer[i]--;
      s.moveTimer[i]--;
      if (ramping) ramp(s, i);
      out.events[event.gold] = gold;
      out.events[event.step] = lost ? 0 : 1;
      out.events[event.lost] = lost ? 1 : 0;
      out.terminated = lost;
      s.ended[i] = lost ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      paint(s.kind[i], s.at[i], s.kind[i] & ONES, 1, into, offset);
      into[offset + playerAt(s, i)] = 1;
    },

    refresh(s, i, into, offset) {
      const { kind, at, shownKind, shownAt, shownPlayer } = s;
      const changed = ONES ^ zeroLanes((kind[i] ^ shownKind[i]) | (at[i] ^ shownAt[i]));
      if (changed !== 0) {
        paint(shownKind[i], shownAt[i], changed & shownKind[i], 0, into, offset);
        paint(kind[i], at[i], changed & kind[i], 1, into, offset);
        shownKind[i] = kind[i];
        shownAt[i] = at[i];
      }
      into[offset + shownPlayer[i]] = 0;
      into[offset + (shownPlayer[i] = playerAt(s, i))] = 1;
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      for (let lane = 0; lane < LANES; lane++) {
        const y = lane + 1.5;
        list.line(0.2, y, SIZE - 0.2, y, 0.03, Colour.floor);
        const kind = laneOf(s.kind[i], lane);
        if (kind === 0) continue;
        const x = laneOf(s.at[i], lane) + 0.5;
        const dx = kind & RIGHT ? 1 : -1;
        if (x - dx > 0 && x - dx < SIZE) list.line(x - dx * 0.8, y, x - dx * 0.45, y, 0.06, Colour.dim, 0.6);
        if ((kind & ~RIGHT) === GOLD) {
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
  }),
});

/** What the player at (x, y) meets: ENEMY, GOLD, which is taken, or 0. */
function meet(s: State, i: number, x: number, y: number): number {
  const kind = laneOf(s.kind[i], y - 1) & ~RIGHT;
  if (kind === 0 || laneOf(s.at[i], y - 1) !== x) return 0;
  if (kind === GOLD) {
    const rest = ~(15 << (4 * (y - 1)));
    s.kind[i] &= rest;
    s.at[i] &= rest;
  }
  return kind;
}

/** Everything in the lanes of slot i moves one column; what would leave the board is gone. */
function move(s: State, i: number): void {
  const kind = s.kind[i];
  const at = s.at[i];
  const things = kind & ONES;
  const rightwards = things & (kind >>> 3);
  const leftwards = things ^ rightwards;
  // Of 0 … 9 only 9 has both of these bits.
  const leaves = (rightwards & (at >>> 3) & at) | (leftwards & zeroLanes(at));
  const stay = ~maskOf(leaves);
  s.kind[i] = kind & stay;
  s.at[i] = ((at & stay) + (rightwards & stay) - (leftwards & stay)) | 0;
}

/** Something enters a free lane from one side: with chance 1/3 gold, else an enemy. */
function spawn(s: State, i: number, rng: Rng): void {
  const rightwards = rng.uniform() < 1 / 2;
  const kind = rng.uniform() < 1 / 3 ? GOLD : ENEMY;
  let free = ~s.kind[i] & ONES;
  if (free === 0) return;
  for (let skip = rng.integer(countLanes(free)); skip > 0; skip--) free &= free - 1;
  const shift = 4 * firstLane(free);
  s.kind[i] |= (rightwards ? kind | RIGHT : kind) << shift;
  s.at[i] |= (rightwards ? 0 : SIZE - 1) << shift;
}

/**
 * Counts down and, below zero, makes the game faster: every ramp spawns sooner, every odd one moves faster
 * too.
 */
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

function playerAt(s: State, i: number): number {
  return (s.y[i] * SIZE + s.x[i]) * CHANNELS + PLAYER;
}

/** Writes `value` where the things of some lanes are, and at their trails where those are on the board. */
function paint(
  kinds: number,
  at: number,
  some: number,
  value: number,
  into: Float32Array,
  offset: number,
): void {
  for (let left = some; left !== 0; left &= left - 1) {
    const lane = firstLane(left);
    const row = offset + (lane + 1) * SIZE * CHANNELS;
    const kind = laneOf(kinds, lane);
    const x = laneOf(at, lane);
    const behind = kind & RIGHT ? x - 1 : x + 1;
    into[row + x * CHANNELS + (kind & ~RIGHT)] = value;
    if (behind >= 0 && behind < SIZE) into[row + behind * CHANNELS + TRAIL] = value;
  }
}
