/** What an agent and what a person see of Seaquest: ten planes, and a drawing. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { CAPACITY, columnOf, headingOf, Kind, kindOf, rowOf } from './items.ts';
import { DIVERS_ABOARD, FULL_OXYGEN, MARKS, type State } from './state.ts';

const SIZE = 10;
const CHANNELS = 10;
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
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

/** Channel of a kind, and 1 if it leaves a trail. */
const CHANNEL = Int8Array.of(FISH, ENEMY_BULLET, SUB, DIVER_PLANE, OWN_BULLET);
const HAS_TRAIL = Int8Array.of(1, 0, 1, 1, 0);
/**
 * By the bits of an item that hold its column, plus 16 if it goes to the right: 1 if the column behind it is
 * on the board.
 */
const HAS_BEHIND = Int8Array.from({ length: 32 }, (_, k) => ((k & 15) === (k & 16 ? 1 : SIZE) ? 0 : 1));

/** Where `observe` leaves the list of indices, of which only `refresh` has any use. */
const unused = new Int16Array(MARKS);

/** Writes the planes of slot i, [10 × 10 × 10]. */
export function observeSeaquest(s: State, i: number, into: Float32Array, offset: number): void {
  into.set(BLANK, offset);
  paintGauges(oxygenCells(s, i), 0, cellsAboard(s, i), 0, into, offset);
  mark(s, i, unused, 0, into, offset);
}

/** Brings the planes of slot i up to date. */
export function refreshSeaquest(s: State, i: number, into: Float32Array, offset: number): void {
  const { marks, markCount, shownOxygen, shownAboard } = s;
  const oxygen = oxygenCells(s, i);
  const aboard = cellsAboard(s, i);
  if (oxygen !== shownOxygen[i] || aboard !== shownAboard[i]) {
    paintGauges(oxygen, shownOxygen[i], aboard, shownAboard[i], into, offset);
    shownOxygen[i] = oxygen;
    shownAboard[i] = aboard;
  }
  const first = i * MARKS;
  for (let k = first, end = first + markCount[i]; k < end; k++) into[offset + marks[k]] = 0;
  markCount[i] = mark(s, i, marks, first, into, offset) - first;
}

/**
 * Writes the ones of slot i except the gauges, and lists their indices from `marks[to]` on; returns the end
 * of that list.
 */
function mark(
  s: State,
  i: number,
  marks: Int16Array,
  to: number,
  into: Float32Array,
  offset: number,
): number {
  const { items } = s;
  const sub = (s.y[i] * SIZE + s.x[i]) * CHANNELS;
  into[offset + (marks[to] = sub + FRONT)] = 1;
  into[offset + (marks[to + 1] = sub - s.heading[i] * CHANNELS + BACK)] = 1;
  let end = to + 2;
  const first = i * CAPACITY;
  for (let at = first, last = first + s.counts[i]; at < last; at++, end += 2) {
    const item = items[at];
    const kind = kindOf(item);
    const channel = CHANNEL[kind];
    const place = (rowOf(item) * SIZE + columnOf(item)) * CHANNELS + channel;
    // What leaves no trail is marked twice: arithmetic, because a processor cannot predict the order of the
    // kinds.
    const trails = HAS_TRAIL[kind] & HAS_BEHIND[(item & 15) | ((item >> 4) & 16)];
    const trail = place + trails * (TRAIL - channel - headingOf(item) * CHANNELS);
    into[offset + (marks[end] = place)] = 1;
    into[offset + (marks[end + 1] = trail)] = 1;
  }
  return end;
}

/** Cells of the oxygen gauge, 0 to 10, from the left. */
function oxygenCells(s: State, i: number): number {
  return ((Math.max(0, s.oxygen[i]) * SIZE) / FULL_OXYGEN) | 0;
}

/** Cells of the divers' gauge, 0 to 6, to the left of the last column. */
function cellsAboard(s: State, i: number): number {
  return Math.max(0, s.aboard[i]);
}

/** Changes the gauges from their old lengths in cells to the new ones. */
function paintGauges(
  oxygen: number,
  oldOxygen: number,
  aboard: number,
  oldAboard: number,
  into: Float32Array,
  offset: number,
): void {
  const left = offset + GAUGE_ROW * SIZE * CHANNELS + OXYGEN;
  for (let k = Math.min(oxygen, oldOxygen); k < Math.max(oxygen, oldOxygen); k++)
    into[left + k * CHANNELS] = k < oxygen ? 1 : 0;
  const right = offset + (GAUGE_ROW * SIZE + SIZE - 2) * CHANNELS + DIVERS;
  for (let k = Math.min(aboard, oldAboard); k < Math.max(aboard, oldAboard); k++)
    into[right - k * CHANNELS] = k < aboard ? 1 : 0;
}

export function drawSeaquest(s: State, i: number, list: DrawList): void {
  list.begin(SIZE, SIZE);
  list.rect(0, 0.86, SIZE, SIZE - 1.86, Colour.floor);
  list.line(0, 0.86, SIZE, 0.86, 0.05, Colour.ice, 0.5);
  for (const item of s.items.subarray(i * CAPACITY, i * CAPACITY + s.counts[i]))
    drawItem(list, item, columnOf(item) + 0.5, rowOf(item) + 0.5);
  drawSubmarine(list, s.x[i] + 0.5, s.y[i] + 0.5, s.heading[i], Colour.agent);
  const tank = Math.max(0, s.oxygen[i]) / FULL_OXYGEN;
  list.rect(0.1, SIZE - 0.7, 4.8, 0.4, Colour.grid, 0.12);
  list.rect(0.1, SIZE - 0.7, Math.max(0.01, 4.8 * tank), 0.4, tank < 0.25 ? Colour.danger : Colour.ice, 0.12);
  for (let k = 0; k < DIVERS_ABOARD; k++)
    list.circle(9.6 - 0.7 * k, SIZE - 0.5, 0.2, k < s.aboard[i] ? Colour.gold : Colour.grid);
}

function drawItem(list: DrawList, item: number, x: number, y: number): void {
  const kind = item - (item & (Kind.enemyBullet - 1));
  if (kind === Kind.fish) drawFish(list, x, y, headingOf(item));
  else if (kind === Kind.sub) drawSubmarine(list, x, y, headingOf(item), Colour.danger);
  else if (kind === Kind.diver) drawDiver(list, x, y, headingOf(item));
  else list.line(x - 0.2, y, x + 0.2, y, 0.14, kind === Kind.ownBullet ? Colour.gold : Colour.pink);
}

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
