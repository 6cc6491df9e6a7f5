/** The picture of the highway: the bending road from above, with the agent's car near the bottom. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { Circuit } from './circuit.ts';
import { bendAt, type Course } from './course.ts';
import { HALF_LENGTH, HALF_WIDTH, LANE, laneCentre } from './road.ts';
import type { Cars, Road } from './traffic.ts';

const BACK = -22;
const FRONT = 104;
/**
 * How far the picture reaches ahead and behind (m). The road is drawn beyond it, so that no end is visible.
 */
const HORIZON = 72;
const REAR = 16;
const STEP = 2;
/** Metres between the dashes of a lane's line, dash and gap alike. */
const DASHES = 4;
const SAMPLES = (FRONT - BACK) / STEP + 1;
const WIDTH = 66;

/** [samples] the road's middle in the picture, and its direction, from BACK to FRONT. */
const midX = new Float64Array(SAMPLES);
const midY = new Float64Array(SAMPLES);
const midAngle = new Float64Array(SAMPLES);

export function drawHighway(list: DrawList, c: Cars, i: number, road: Road, course: Course): void {
  layRoad(c, i, course);
  list.begin(WIDTH, HORIZON + REAR);
  const half = (road.lanes * LANE) / 2;
  // The whole surface first, as its pieces overlap, then the lines on it.
  for (let k = 0; k + 1 < SAMPLES; k++) pave(list, k, half + 0.5);
  for (let k = 0; k + 1 < SAMPLES; k++) {
    for (const side of [-half, half]) line(list, k, side, EDGE);
    for (let lane = 1; lane < road.lanes; lane++) line(list, k, lane * LANE - half, DASH, c.s[i]);
  }
  for (let at = i * road.cars; at < (i + 1) * road.cars; at++)
    if (c.ahead[at] > BACK && c.ahead[at] < FRONT)
      car(list, c.ahead[at], laneCentre(c.lane[at], road.lanes), 0, speedColour(c.speed[at]));
  car(list, 0, c.d[i], c.heading[i], Colour.agent);
  if (course.circuit) drawMap(list, course.circuit, c.s[i]);
}

/** Walks along the road in both directions from the agent, whose piece of road points up. */
function layRoad(c: Cars, i: number, course: Course): void {
  const here = -BACK / STEP;
  midX[here] = WIDTH / 2;
  midY[here] = HORIZON;
  midAngle[here] = 0;
  for (const way of [1, -1])
    for (let k = here + way; k >= 0 && k < SAMPLES; k += way) {
      const s = c.s[i] + (k - here - way / 2) * STEP;
      const bend = bendAt(c, i, s, course);
      midAngle[k] = midAngle[k - way] + way * STEP * bend;
      const angle = (midAngle[k] + midAngle[k - way]) / 2;
      midX[k] = midX[k - way] + way * STEP * Math.sin(angle);
      midY[k] = midY[k - way] - way * STEP * Math.cos(angle);
    }
}

/** Side of the map, and metres between its corners. */
const MAP = 17;
const MAP_STEP = 12;

/** The circuit in the upper left corner, and where on it the agent is. */
function drawMap(list: DrawList, { length, x, y }: Circuit, s: number): void {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    left = Math.min(left, x[k]);
    right = Math.max(right, x[k]);
    top = Math.min(top, y[k]);
    bottom = Math.max(bottom, y[k]);
  }
  const scale = (MAP - 3) / Math.max(right - left, bottom - top);
  const [dx, dy] = [2.5 - left * scale, 2.5 - top * scale];
  list.rect(1, 1, MAP, (bottom - top) * scale + 3, Colour.ground, 1, 0, 0.8);
  for (let k = 0; k < x.length; k += MAP_STEP) {
    const next = k + MAP_STEP < x.length ? k + MAP_STEP : 0;
    list.line(
      x[k] * scale + dx,
      y[k] * scale + dy,
      x[next] * scale + dx,
      y[next] * scale + dy,
      0.5,
      Colour.dim,
    );
  }
  const turns = s / length;
  const here = Math.min(x.length - 1, Math.floor((turns - Math.floor(turns)) * x.length));
  list.circle(x[here] * scale + dx, y[here] * scale + dy, 0.9, Colour.agent);
}

interface Paint {
  readonly width: number;
  readonly colour: number;
}

const EDGE: Paint = { width: 0.5, colour: Colour.ink };
const DASH: Paint = { width: 0.3, colour: Colour.wall };

/**
 * The k-th piece of a line along the road at distance d from its middle; dashed, and still on the ground, if
 * `driven` is given.
 */
function line(list: DrawList, k: number, d: number, paint: Paint, driven = 0): void {
  // Dashes slide back by the part of a step that was driven.
  const phase = driven / STEP;
  if (driven > 0 && (Math.floor(phase) + k) % (3 * (DASHES / STEP)) < DASHES / STEP) return;
  const slide = phase - Math.floor(phase);
  const back = Math.max(0, k - 1);
  const x1 = sideX(k, d) + slide * (sideX(back, d) - sideX(k, d));
  const y1 = sideY(k, d) + slide * (sideY(back, d) - sideY(k, d));
  const x2 = sideX(k + 1, d) + slide * (sideX(k, d) - sideX(k + 1, d));
  const y2 = sideY(k + 1, d) + slide * (sideY(k, d) - sideY(k + 1, d));
  if (isShown(x1, y1) && isShown(x2, y2)) list.line(x1, y1, x2, y2, paint.width, paint.colour);
}

/** Where the picture has the point at distance d from the road's middle, beside sample k. */
function sideX(k: number, d: number): number {
  return midX[k] + d * Math.cos(midAngle[k]);
}

function sideY(k: number, d: number): number {
  return midY[k] + d * Math.sin(midAngle[k]);
}

/** A little beyond the picture's edge counts as shown. */
function isShown(x: number, y: number): boolean {
  return x > -1 && y > -1 && x < WIDTH + 1 && y < HORIZON + REAR + 1;
}

/** The k-th piece of the road's surface, cut off at the picture's edge. */
function pave(list: DrawList, k: number, half: number): void {
  // Two steps long, so that neighbours overlap and no seam shows.
  const end = Math.min(SAMPLES - 1, k + 2);
  const x1 = cut(sideX(k, -half), WIDTH);
  const y1 = cut(sideY(k, -half), HORIZON + REAR);
  const x2 = cut(sideX(end, half), WIDTH);
  const y2 = cut(sideY(end, half), HORIZON + REAR);
  for (const [j, d] of [
    [k, half],
    [end, -half],
  ]) {
    const x = cut(sideX(j, d), WIDTH);
    const y = cut(sideY(j, d), HORIZON + REAR);
    list.triangle(x1, y1, x2, y2, x, y, Colour.floor);
  }
}

function cut(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

function car(list: DrawList, ahead: number, d: number, heading: number, colour: number): void {
  const at = (ahead - BACK) / STEP;
  const k = Math.min(SAMPLES - 2, Math.max(0, Math.floor(at)));
  const part = at - k;
  const angle = midAngle[k] + part * (midAngle[k + 1] - midAngle[k]);
  const x = midX[k] + part * (midX[k + 1] - midX[k]) + d * Math.cos(angle);
  const y = midY[k] + part * (midY[k + 1] - midY[k]) + d * Math.sin(angle);
  if (!isShown(x - 2, y - 2) || !isShown(x + 2, y + 2)) return;
  const turned = angle + heading;
  list.rect(x - HALF_WIDTH, y - HALF_LENGTH, 2 * HALF_WIDTH, 2 * HALF_LENGTH, colour, 0.6, turned);
  // The windscreen shows which way it goes.
  const glassX = x + 0.7 * Math.sin(turned);
  const glassY = y - 0.7 * Math.cos(turned);
  list.rect(glassX - 0.75, glassY - 0.5, 1.5, 1, Colour.ground, 0.3, turned, 0.6);
}

/** Slow cars are red, fast ones gold. */
function speedColour(speed: number): number {
  return speed < 14 ? Colour.danger : speed < 18 ? Colour.orange : Colour.gold;
}
