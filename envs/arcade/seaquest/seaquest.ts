/**
 * Miniature Seaquest on a 10×10 board: shoot fish and enemy submarines, pick up divers, surface before the oxygen is gone.
 * Behaves as MinAtar's (Young & Tian, 2019), written from its rules, quirks included.
 */
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';
import { append, findAt, remove } from './lists.ts';
import { drawSeaquest, observeSeaquest } from './picture.ts';
import {
  allocate,
  BULLET,
  CHANNELS,
  DIVER,
  DIVERS_ABOARD,
  ENEMY,
  FULL_OXYGEN,
  SIZE,
  type State,
} from './state.ts';

const FIRST_SPAWN = 20;
const FIRST_MOVE = 5;
const LAST_MOVE = 2;
const DIVER_SPAWN = 30;
const DIVER_MOVE = 5;
const SHOT_INTERVAL = 5;
const ENEMY_SHOT_INTERVAL = 10;

const REWARDS: EnvSpec['rewards'] = [
  { id: 'kill', label: 'Kill', weight: 1, help: '1 for every fish or enemy submarine shot.' },
  {
    id: 'rescue',
    label: 'Rescue',
    weight: 1,
    help: 'On surfacing with six divers: the oxygen left, in tenths of the tank (0 to 10).',
  },
  { id: 'diver', label: 'Diver', weight: 0, help: '1 for every diver picked up.' },
  { id: 'lost', label: 'Lost', weight: 0, help: '1 when the submarine is lost, whatever the cause.' },
];

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { codes, action, keys } = joystick(params, [0, 1, 2, 3, 4, 5]);
  const { stickyActions, ramping } = params;
  // One step's tally, handed on by the rules below.
  const tally = { kills: 0, divers: 0, lost: false };
  return {
    spec: {
      id: 'seaquest',
      version: 1,
      title: 'Seaquest',
      observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
      action,
      rewards: REWARDS,
      maxSteps: 0,
      fps: 12,
      keys,
      players: 1,
    },
    allocate,

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
      s.ramp[i] = s.shotTimer[i] = 0;
      s.fishCount[i] = s.subCount[i] = s.diverCount[i] = s.ownCount[i] = s.enemyCount[i] = 0;
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], stickyActions, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      tally.kills = tally.divers = 0;
      tally.lost = false;
      if (s.spawnTimer[i] === 0) spawnEnemy(s, i, rng);
      if (s.diverTimer[i] === 0) spawnDiver(s, i, rng);
      steer(s, i, code);
      moveOwnBullets(s, i, tally);
      moveDivers(s, i, tally);
      moveSubs(s, i, tally);
      moveEnemyBullets(s, i, tally);
      moveFish(s, i, tally);
      if (s.spawnTimer[i] > 0) s.spawnTimer[i]--;
      if (s.diverTimer[i] > 0) s.diverTimer[i]--;
      if (s.shotTimer[i] > 0) s.shotTimer[i]--;
      if (s.oxygen[i] <= 0) tally.lost = true;
      out.events[1] = breathe(s, i, ramping, tally);
      out.events[0] = tally.kills;
      out.events[2] = tally.divers;
      out.events[3] = tally.lost ? 1 : 0;
      out.terminated = tally.lost;
      s.ended[i] = tally.lost ? 1 : 0;
    },

    observe: observeSeaquest,
    draw: drawSeaquest,
  };
}

interface Tally {
  kills: number;
  divers: number;
  lost: boolean;
}

/** Rule 1: a fish or submarine enters, unless its row has something going the other way. */
function spawnEnemy(s: State, i: number, rng: Rng): void {
  const heading = rng.uniform() < 1 / 2 ? 1 : -1;
  const isSub = rng.uniform() < 1 / 3;
  const row = 1 + rng.integer(8);
  s.spawnTimer[i] = s.spawnSpeed[i];
  const first = i * ENEMY.capacity * ENEMY.stride;
  for (let k = 0; k < s.fishCount[i]; k++) {
    const at = first + k * ENEMY.stride;
    if (s.fish[at + 1] === row && s.fish[at + 2] !== heading) return;
  }
  for (let k = 0; k < s.subCount[i]; k++) {
    const at = first + k * ENEMY.stride;
    if (s.subs[at + 1] === row && s.subs[at + 2] !== heading) return;
  }
  const items = isSub ? s.subs : s.fish;
  const at = append(isSub ? s.subCount : s.fishCount, i, ENEMY);
  if (at < 0) return;
  items[at] = heading > 0 ? 0 : SIZE - 1;
  items[at + 1] = row;
  items[at + 2] = heading;
  items[at + 3] = s.moveSpeed[i];
  items[at + 4] = ENEMY_SHOT_INTERVAL;
}

/** Rule 2. */
function spawnDiver(s: State, i: number, rng: Rng): void {
  const heading = rng.uniform() < 1 / 2 ? 1 : -1;
  const row = 1 + rng.integer(8);
  s.diverTimer[i] = DIVER_SPAWN;
  const at = append(s.diverCount, i, DIVER);
  if (at < 0) return;
  s.divers[at] = heading > 0 ? 0 : SIZE - 1;
  s.divers[at + 1] = row;
  s.divers[at + 2] = heading;
  s.divers[at + 3] = DIVER_MOVE;
}

/** Rule 3: fire, or move and turn. */
function steer(s: State, i: number, code: number): void {
  if (code === Joystick.fire && s.shotTimer[i] === 0) {
    const at = append(s.ownCount, i, BULLET);
    if (at < 0) return;
    s.own[at] = s.x[i];
    s.own[at + 1] = s.y[i];
    s.own[at + 2] = s.heading[i];
    s.shotTimer[i] = SHOT_INTERVAL;
  } else if (code === Joystick.left) {
    s.heading[i] = -1;
    if (s.x[i] > 0) s.x[i]--;
  } else if (code === Joystick.right) {
    s.heading[i] = 1;
    if (s.x[i] < SIZE - 1) s.x[i]++;
  } else if (code === Joystick.up && s.y[i] > 0) s.y[i]--;
  else if (code === Joystick.down && s.y[i] < 8) s.y[i]++;
}

/** Rule 4: newest first, so that taking an item out disturbs nothing. A fish goes before a submarine. */
function moveOwnBullets(s: State, i: number, tally: Tally): void {
  const first = i * BULLET.capacity * BULLET.stride;
  for (let at = first + (s.ownCount[i] - 1) * BULLET.stride; at >= first; at -= BULLET.stride) {
    const x = (s.own[at] += s.own[at + 2]);
    const y = s.own[at + 1];
    if (x < 0 || x >= SIZE) {
      remove(s.own, s.ownCount, i, BULLET, at);
      continue;
    }
    const fish = findAt(s.fish, s.fishCount, i, ENEMY, x, y);
    const sub = fish < 0 ? findAt(s.subs, s.subCount, i, ENEMY, x, y) : -1;
    if (fish < 0 && sub < 0) continue;
    if (fish >= 0) remove(s.fish, s.fishCount, i, ENEMY, fish);
    else remove(s.subs, s.subCount, i, ENEMY, sub);
    remove(s.own, s.ownCount, i, BULLET, at);
    tally.kills++;
  }
}

/** Rule 5. */
function moveDivers(s: State, i: number, tally: Tally): void {
  const first = i * DIVER.capacity * DIVER.stride;
  const { divers } = s;
  for (let at = first + (s.diverCount[i] - 1) * DIVER.stride; at >= first; at -= DIVER.stride) {
    let taken = meets(s, i, divers, at) && s.aboard[i] < DIVERS_ABOARD;
    if (!taken && divers[at + 3] === 0) {
      divers[at + 3] = DIVER_MOVE;
      const x = (divers[at] += divers[at + 2]);
      if (x < 0 || x >= SIZE) {
        remove(divers, s.diverCount, i, DIVER, at);
        continue;
      }
      taken = meets(s, i, divers, at) && s.aboard[i] < DIVERS_ABOARD;
    } else if (!taken) divers[at + 3]--;
    if (taken) {
      s.aboard[i]++;
      tally.divers++;
      remove(divers, s.diverCount, i, DIVER, at);
    }
  }
}

/** Rule 6: submarines also shoot, even one that was taken out in this very step. */
function moveSubs(s: State, i: number, tally: Tally): void {
  const first = i * ENEMY.capacity * ENEMY.stride;
  const { subs } = s;
  for (let at = first + (s.subCount[i] - 1) * ENEMY.stride; at >= first; at -= ENEMY.stride) {
    const shotTimer = subs[at + 4];
    subs[at + 4] = shotTimer === 0 ? ENEMY_SHOT_INTERVAL : shotTimer - 1;
    const y = subs[at + 1];
    const heading = subs[at + 2];
    const x = moveEnemy(s, i, subs, s.subCount, at, tally);
    if (shotTimer !== 0) continue;
    const bullet = append(s.enemyCount, i, BULLET);
    if (bullet < 0) continue;
    s.enemy[bullet] = x;
    s.enemy[bullet + 1] = y;
    s.enemy[bullet + 2] = heading;
  }
}

/** Rule 7: a bullet hits where it is and where it gets to. */
function moveEnemyBullets(s: State, i: number, tally: Tally): void {
  const first = i * BULLET.capacity * BULLET.stride;
  const { enemy } = s;
  for (let at = first + (s.enemyCount[i] - 1) * BULLET.stride; at >= first; at -= BULLET.stride) {
    if (meets(s, i, enemy, at)) tally.lost = true;
    const x = (enemy[at] += enemy[at + 2]);
    if (x < 0 || x >= SIZE) remove(enemy, s.enemyCount, i, BULLET, at);
    else if (meets(s, i, enemy, at)) tally.lost = true;
  }
}

/** Rule 8. */
function moveFish(s: State, i: number, tally: Tally): void {
  const first = i * ENEMY.capacity * ENEMY.stride;
  for (let at = first + (s.fishCount[i] - 1) * ENEMY.stride; at >= first; at -= ENEMY.stride)
    moveEnemy(s, i, s.fish, s.fishCount, at, tally);
}

/** What fish and submarines do alike: meet, move, leave, meet again, run into a bullet. Returns the column it got to. */
function moveEnemy(
  s: State,
  i: number,
  items: Int8Array,
  counts: Int8Array,
  at: number,
  tally: Tally,
): number {
  if (meets(s, i, items, at)) tally.lost = true;
  if (items[at + 3] !== 0) {
    items[at + 3]--;
    return items[at];
  }
  items[at + 3] = s.moveSpeed[i];
  const x = (items[at] += items[at + 2]);
  if (x < 0 || x >= SIZE) remove(items, counts, i, ENEMY, at);
  else if (meets(s, i, items, at)) tally.lost = true;
  else {
    const bullet = findAt(s.own, s.ownCount, i, BULLET, x, items[at + 1]);
    if (bullet >= 0) {
      remove(s.own, s.ownCount, i, BULLET, bullet);
      remove(items, counts, i, ENEMY, at);
      tally.kills++;
    }
  }
  return x;
}

/** Whether the item that starts at `at` is where the submarine of slot i is. */
function meets(s: State, i: number, items: Int8Array, at: number): boolean {
  return items[at] === s.x[i] && items[at + 1] === s.y[i];
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
  // One diver leaves in any case, which makes −1 of an emptied load: the reference's quirk, and surfacing with −1 is safe.
  s.aboard[i]--;
  if (ramping && (s.spawnSpeed[i] > 1 || s.moveSpeed[i] > LAST_MOVE)) {
    if (s.moveSpeed[i] > LAST_MOVE && s.ramp[i] % 2 === 1) s.moveSpeed[i]--;
    if (s.spawnSpeed[i] > 1) s.spawnSpeed[i]--;
    s.ramp[i]++;
  }
  return worth;
}

export const seaquest = defineEnv({
  id: 'seaquest',
  title: 'Seaquest',
  group: 'arcade',
  summary: 'Shoot what swims, bring divers up, and mind the oxygen.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});
