/** What an agent and what a person see of Seaquest: ten planes, and a drawing. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { ListKind } from './lists.ts';
import { BULLET, CHANNELS, DIVER, ENEMY, FULL_OXYGEN, SIZE, type State } from './state.ts';

const FRONT = 0;
const BACK = 1;
const OWN_BULLET = 2;
const TRAIL = 3;
const ENEMY_BULLET = 4;
const FISH = 5;
const SUB = 6;
const OXYGEN = 7;
const DIVERS = 8;
const DIVER_PLANE = 9;
const GAUGE_ROW = SIZE - 1;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

/** Writes the planes of slot i, [10 × 10 × 10]. */
export function observeSeaquest(s: State, i: number, into: Float32Array, offset: number): void {
  into.set(BLANK, offset);
  const sub = offset + (s.y[i] * SIZE + s.x[i]) * CHANNELS;
  into[sub + FRONT] = 1;
  into[sub - s.heading[i] * CHANNELS + BACK] = 1;
  const gauge = offset + GAUGE_ROW * SIZE * CHANNELS;
  const oxygen = oxygenCells(s, i);
  for (let x = 0; x < oxygen; x++) into[gauge + x * CHANNELS + OXYGEN] = 1;
  for (let x = SIZE - 1 - s.aboard[i]; x < SIZE - 1; x++) into[gauge + x * CHANNELS + DIVERS] = 1;
  markBullets(s.own, s.ownCount[i], i, into, offset + OWN_BULLET);
  markBullets(s.enemy, s.enemyCount[i], i, into, offset + ENEMY_BULLET);
  markSwimmers(s.fish, s.fishCount[i], i, ENEMY, into, offset + FISH, offset + TRAIL);
  markSwimmers(s.subs, s.subCount[i], i, ENEMY, into, offset + SUB, offset + TRAIL);
  markSwimmers(s.divers, s.diverCount[i], i, DIVER, into, offset + DIVER_PLANE, offset + TRAIL);
}

/** A 1 for every bullet of list i; `plane` is the offset of the observation plus the channel. */
function markBullets(items: Int8Array, count: number, i: number, into: Float32Array, plane: number): void {
  const { stride, capacity } = BULLET;
  const first = i * capacity * stride;
  for (let at = first, end = first + count * stride; at < end; at += stride)
    into[plane + (items[at + 1] * SIZE + items[at]) * CHANNELS] = 1;
}

/** A 1 for every item of list i in its channel, and one in the trail's for the column behind it where there is one. */
function markSwimmers(
  items: Int8Array,
  count: number,
  i: number,
  kind: ListKind,
  into: Float32Array,
  plane: number,
  trail: number,
): void {
  const { stride, capacity } = kind;
  const first = i * capacity * stride;
  for (let at = first, end = first + count * stride; at < end; at += stride) {
    const x = items[at];
    const behind = x - items[at + 2];
    const row = items[at + 1] * SIZE;
    into[plane + (row + x) * CHANNELS] = 1;
    if (behind >= 0 && behind < SIZE) into[trail + (row + behind) * CHANNELS] = 1;
  }
}

/** Cells of the oxygen gauge, 0 to 10. */
function oxygenCells(s: State, i: number): number {
  return ((Math.max(0, s.oxygen[i]) * SIZE) / FULL_OXYGEN) | 0;
}

export function drawSeaquest(s: State, i: number, list: DrawList): void {
  list.begin(SIZE, SIZE);
  list.rect(0, 0.86, SIZE, SIZE - 1.86, Colour.floor);
  list.line(0, 0.86, SIZE, 0.86, 0.05, Colour.ice, 0.5);
  const each = (items: Int8Array, count: number, kind: ListKind, shape: Drawer): void => {
    const first = i * kind.capacity * kind.stride;
    for (let at = first, end = first + count * kind.stride; at < end; at += kind.stride)
      shape(list, items[at] + 0.5, items[at + 1] + 0.5, items[at + 2]);
  };
  each(s.divers, s.diverCount[i], DIVER, drawDiver);
  each(s.fish, s.fishCount[i], ENEMY, drawFish);
  each(s.subs, s.subCount[i], ENEMY, (to, x, y, heading) => drawSubmarine(to, x, y, heading, Colour.danger));
  each(s.own, s.ownCount[i], BULLET, (to, x, y) => to.line(x - 0.2, y, x + 0.2, y, 0.14, Colour.gold));
  each(s.enemy, s.enemyCount[i], BULLET, (to, x, y) => to.line(x - 0.2, y, x + 0.2, y, 0.14, Colour.pink));
  drawSubmarine(list, s.x[i] + 0.5, s.y[i] + 0.5, s.heading[i], Colour.agent);
  const tank = Math.max(0, s.oxygen[i]) / FULL_OXYGEN;
  list.rect(0.1, SIZE - 0.7, 4.8, 0.4, Colour.grid, 0.12);
  list.rect(0.1, SIZE - 0.7, Math.max(0.01, 4.8 * tank), 0.4, tank < 0.25 ? Colour.danger : Colour.ice, 0.12);
  for (let k = 0; k < 6; k++)
    list.circle(9.6 - 0.7 * k, SIZE - 0.5, 0.2, k < s.aboard[i] ? Colour.gold : Colour.grid);
}

type Drawer = (list: DrawList, x: number, y: number, heading: number) => void;

function drawDiver(list: DrawList, x: number, y: number, heading: number): void {
  list.line(x - 0.28 * heading, y + 0.05, x + 0.1 * heading, y + 0.05, 0.2, Colour.goal);
  list.circle(x + 0.24 * heading, y, 0.14, Colour.ink);
}

function drawFish(list: DrawList, x: number, y: number, heading: number): void {
  const tail = x - 0.42 * heading;
  list.triangle(tail, y - 0.22, tail, y + 0.22, x - 0.1 * heading, y, Colour.orange);
  list.circle(x + 0.08 * heading, y, 0.24, Colour.orange);
  list.circle(x + 0.16 * heading, y - 0.06, 0.05, Colour.ground);
}

function drawSubmarine(list: DrawList, x: number, y: number, heading: number, colour: number): void {
  list.rect(x - 0.44, y - 0.14, 0.88, 0.42, colour, 0.2);
  list.rect(x - 0.18, y - 0.34, 0.3, 0.26, colour, 0.06);
  list.circle(x + 0.22 * heading, y + 0.06, 0.09, Colour.ink);
  list.line(x - 0.44 * heading, y - 0.06, x - 0.44 * heading, y + 0.2, 0.08, Colour.dim);
}
