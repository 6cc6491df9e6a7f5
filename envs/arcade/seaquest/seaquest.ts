/**
 * Miniature Seaquest on a 10 × 10 board: shoot fish and enemy submarines, pick up divers, surface before the
 * oxygen runs out. Behaves as MinAtar's (Young & Tian, 2019), written from its rules, quirks included; the
 * numbers of the rules below are the order within a step.
 */
import type { Rng } from '#core/rng.ts';
import { sixActionParams, defineArcade, Joystick, OVER } from '../arcade.ts';
import {
  CAPACITY,
  CELL,
  cellAt,
  find,
  headingOf,
  insert,
  isOut,
  Kind,
  kindOf,
  MOVE_TICK,
  MOVE_TIMER,
  moved,
  remove,
  RIGHTWARDS,
  rowOf,
  SHOT_TICK,
  SHOT_TIMER,
} from './items.ts';
import { drawSeaquest, observeSeaquest, refreshSeaquest } from './picture.ts';
import { columns, DIVERS_ABOARD, FULL_OXYGEN, type State } from './state.ts';

const SIZE = 10;
/** Cells that the submarine moves, by joystick code. */
const DX = Int8Array.of(0, -1, 0, 1, 0, 0);
const DY = Int8Array.of(0, 0, -1, 0, 1, 0);
/**
 * In steps: from spawn to spawn, from move to move, from shot to shot. Enemies become faster as the game
 * ramps.
 */
const FIRST_SPAWN = 20;
const FIRST_MOVE = 5;
const LAST_MOVE = 2;
const DIVER_SPAWN = 30;
const DIVER_MOVE = 5;
const SHOT_INTERVAL = 5;
const ENEMY_SHOT_INTERVAL = 10;
const event = { kill: 0, rescue: 1, diver: 2, lost: 3 } as const;

export const seaquest = defineArcade({
  id: 'seaquest',
  version: 2,
  title: 'Seaquest',
  summary: 'Shoot fish and submarines, rescue divers, and surface before the oxygen runs out.',
  channels: [
    'front',
    'back',
    'own bullet',
    'trail',
    'enemy bullet',
    'fish',
    'submarine',
    'oxygen',
    'divers aboard',
    'diver',
  ],
  minimal: [Joystick.none, Joystick.left, Joystick.up, Joystick.right, Joystick.down, Joystick.fire],
  rewards: [
    { id: 'kill', label: 'Kill', weight: 1, help: '1 for every fish or enemy submarine shot.' },
    {
      id: 'rescue',
      label: 'Rescue',
      weight: 1,
      help: 'On surfacing with six divers: the oxygen left, in tenths of the tank (0 to 10).',
    },
    { id: 'diver', label: 'Diver', weight: 0, help: '1 for every diver picked up.' },
    { id: 'lost', label: 'Lost', weight: 0, help: '1 when the submarine is lost, whatever the cause.' },
  ],
  maxSteps: 0,
  fps: 12,
  params: sixActionParams,
  columns,
  rules({ ramping }, play) {
    // One step's tally, to which the rules below add.
    const tally: Tally = { kills: 0, divers: 0, lost: false };
    return {
      reset(s, i) {
        s.ended[i] = 0;
        s.x[i] = 5;
        s.y[i] = 0;
        s.heading[i] = -1;
        s.oxygen[i] = FULL_OXYGEN;
        s.aboard[i] = 0;
        s.atSurface[i] = 1;
        s.spawnSpeed[i] = s.spawnTimer[i] = FIRST_SPAWN;
        s.diverTimer[i] = DIVER_SPAWN;
        s.moveSpeed[i] = FIRST_MOVE;
        s.ramp[i] = s.shotTimer[i] = s.counts[i] = 0;
      },

      step(s, i, action, rng, out) {
        const code = play(s, i, action, rng, out);
        if (code === OVER) return;
        tally.kills = tally.divers = 0;
        tally.lost = false;
        if (s.spawnTimer[i] === 0) spawnEnemy(s, i, rng);
        if (s.diverTimer[i] === 0) spawnDiver(s, i, rng);
        steer(s, i, code);
        moveItems(s, i, tally);
        if (s.spawnTimer[i] > 0) s.spawnTimer[i]--;
        if (s.diverTimer[i] > 0) s.diverTimer[i]--;
        if (s.shotTimer[i] > 0) s.shotTimer[i]--;
        if (s.oxygen[i] <= 0) tally.lost = true;
        out.events[event.rescue] = breathe(s, i, ramping, tally);
        out.events[event.kill] = tally.kills;
        out.events[event.diver] = tally.divers;
        out.events[event.lost] = tally.lost ? 1 : 0;
        out.terminated = tally.lost;
        s.ended[i] = tally.lost ? 1 : 0;
      },

      observe: observeSeaquest,
      refresh: refreshSeaquest,
      draw: drawSeaquest,
    };
  },
});

/** What has happened so far in one step. */
interface Tally {
  kills: number;
  divers: number;
  lost: boolean;
}

/** What enters at one side of a row, its move timer at the given number of steps. */
function newcomer(kind: number, rightwards: boolean, row: number, wait: number): number {
  const cell = cellAt(rightwards ? 0 : SIZE - 1, row);
  return kind | cell | (rightwards ? RIGHTWARDS : 0) | (wait * MOVE_TICK);
}

/** Rule 1: a fish or submarine enters, unless its row has something going the other way. */
function spawnEnemy(s: State, i: number, rng: Rng): void {
  const rightwards = rng.uniform() < 1 / 2;
  const isSub = rng.uniform() < 1 / 3;
  const row = 1 + rng.integer(8);
  s.spawnTimer[i] = s.spawnSpeed[i];
  const heading = rightwards ? 1 : -1;
  const first = i * CAPACITY;
  for (let at = first; at < first + s.counts[i]; at++) {
    const item = s.items[at];
    const isEnemy = item < Kind.enemyBullet || kindOf(item) === kindOf(Kind.sub);
    if (isEnemy && rowOf(item) === row && headingOf(item) !== heading) return;
  }
  const enemy = newcomer(isSub ? Kind.sub : Kind.fish, rightwards, row, s.moveSpeed[i]);
  insert(s, i, isSub ? enemy | (ENEMY_SHOT_INTERVAL * SHOT_TICK) : enemy);
}

/** Rule 2. */
function spawnDiver(s: State, i: number, rng: Rng): void {
  const rightwards = rng.uniform() < 1 / 2;
  const row = 1 + rng.integer(8);
  s.diverTimer[i] = DIVER_SPAWN;
  insert(s, i, newcomer(Kind.diver, rightwards, row, DIVER_MOVE));
}

/** Rule 3: fire, or move and turn. */
function steer(s: State, i: number, code: number): void {
  if (code === Joystick.fire && s.shotTimer[i] === 0) {
    insert(s, i, Kind.ownBullet | cellAt(s.x[i], s.y[i]) | (s.heading[i] > 0 ? RIGHTWARDS : 0));
    s.shotTimer[i] = SHOT_INTERVAL;
  }
  if (DX[code] !== 0) s.heading[i] = DX[code];
  s.x[i] = Math.max(0, Math.min(SIZE - 1, s.x[i] + DX[code]));
  s.y[i] = Math.max(0, Math.min(SIZE - 2, s.y[i] + DY[code]));
}

/**
 * Rules 4 to 8, which the order of the list makes one walk: from its end, so that taking out the item at hand
 * disturbs nothing. A rule returns where the walk stands after it, one less for everything that it took out
 * below, one more for what it put in.
 */
function moveItems(s: State, i: number, tally: Tally): void {
  const { items } = s;
  const first = i * CAPACITY;
  const here = cellAt(s.x[i], s.y[i]);
  for (let at = first + s.counts[i] - 1; at >= first; at--) {
    const item = items[at];
    if (item >= Kind.ownBullet) at = moveOwnBullet(s, i, at, tally);
    else if (item >= Kind.diver) moveDiver(s, i, at, here, tally);
    else if (item >= Kind.sub) at = moveSub(s, i, at, here, tally);
    else if (item >= Kind.enemyBullet) moveEnemyBullet(s, i, at, here, tally);
    else moveEnemy(s, i, at, here, tally);
  }
}

/** Rule 4. A fish goes before a submarine. */
function moveOwnBullet(s: State, i: number, at: number, tally: Tally): number {
  const bullet = (s.items[at] = moved(s.items[at]));
  if (isOut(bullet)) {
    remove(s, i, at);
    return at;
  }
  const fish = find(s, i, Kind.fish, bullet & CELL);
  const target = fish >= 0 ? fish : find(s, i, Kind.sub, bullet & CELL);
  if (target < 0) return at;
  remove(s, i, at);
  remove(s, i, target);
  tally.kills++;
  return at - 1;
}

/** Rule 5: picked up where it is or where it gets to. */
function moveDiver(s: State, i: number, at: number, here: number, tally: Tally): void {
  const { items } = s;
  const hasRoom = s.aboard[i] < DIVERS_ABOARD;
  let isTaken = hasRoom && (items[at] & CELL) === here;
  if (!isTaken) {
    const moves = (items[at] & MOVE_TIMER) === 0;
    items[at] = moves ? moved(items[at]) + DIVER_MOVE * MOVE_TICK : items[at] - MOVE_TICK;
    if (moves && isOut(items[at])) {
      remove(s, i, at);
      return;
    }
    isTaken = moves && hasRoom && (items[at] & CELL) === here;
  }
  if (!isTaken) return;
  s.aboard[i]++;
  tally.divers++;
  remove(s, i, at);
}

/** Rule 6: submarines also shoot, even one that was taken out in this very step. */
function moveSub(s: State, i: number, at: number, here: number, tally: Tally): number {
  const shoots = (s.items[at] & SHOT_TIMER) === 0;
  s.items[at] += shoots ? ENEMY_SHOT_INTERVAL * SHOT_TICK : -SHOT_TICK;
  const sub = moveEnemy(s, i, at, here, tally);
  // From off the board the bullet would be gone after rule 7.
  if (!shoots || isOut(sub)) return at;
  insert(s, i, Kind.enemyBullet | (sub & (CELL | RIGHTWARDS)));
  return at + 1;
}

/** Rule 7: a bullet hits where it is and where it gets to; off the board there is no cell to be hit on. */
function moveEnemyBullet(s: State, i: number, at: number, here: number, tally: Tally): void {
  const before = s.items[at];
  const bullet = (s.items[at] = moved(before));
  if ((before & CELL) === here || (bullet & CELL) === here) tally.lost = true;
  if (isOut(bullet)) remove(s, i, at);
}

/**
 * Rule 8, and what submarines do alike: meet, move, leave, meet again, run into a bullet. Returns what became
 * of it.
 */
function moveEnemy(s: State, i: number, at: number, here: number, tally: Tally): number {
  const item = s.items[at];
  if ((item & CELL) === here) tally.lost = true;
  if ((item & MOVE_TIMER) !== 0) return (s.items[at] = item - MOVE_TICK);
  const after = (s.items[at] = moved(item) + s.moveSpeed[i] * MOVE_TICK);
  if (isOut(after)) remove(s, i, at);
  else if ((after & CELL) === here) tally.lost = true;
  else {
    const bullet = find(s, i, Kind.ownBullet, after & CELL);
    if (bullet >= 0) {
      remove(s, i, bullet);
      remove(s, i, at);
      tally.kills++;
    }
  }
  return after;
}

/** Rule 10: oxygen below, surfacing above. Returns what the rescue is worth. */
function breathe(s: State, i: number, ramping: boolean, tally: Tally): number {
  if (s.y[i] > 0) {
    s.oxygen[i]--;
    s.atSurface[i] = 0;
    return 0;
  }
  if (s.atSurface[i] === 1) return 0;
  if (s.aboard[i] === 0) {
    tally.lost = true;
    return 0;
  }
  s.atSurface[i] = 1;
  let worth = 0;
  if (s.aboard[i] === DIVERS_ABOARD) {
    worth = Math.floor((s.oxygen[i] * 10) / FULL_OXYGEN);
    s.aboard[i] = 0;
  }
  s.oxygen[i] = FULL_OXYGEN;
  // One diver leaves in any case, which makes −1 of an emptied load: the reference's quirk, and surfacing
  // with −1 is safe.
  s.aboard[i]--;
  if (ramping && (s.spawnSpeed[i] > 1 || s.moveSpeed[i] > LAST_MOVE)) {
    if (s.moveSpeed[i] > LAST_MOVE && s.ramp[i] % 2 === 1) s.moveSpeed[i]--;
    if (s.spawnSpeed[i] > 1) s.spawnSpeed[i]--;
    s.ramp[i]++;
  }
  return worth;
}
