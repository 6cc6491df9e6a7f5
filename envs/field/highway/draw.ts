/** The picture of the highway: the road ahead as it bends, seen from above with the agent's car near the bottom. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { curvature, HALF_LENGTH, HALF_WIDTH, LANE, laneCentre } from './road.ts';
import type { Cars, Road } from './traffic.ts';

const BACK = -16;
const FRONT = 104;
/** How far the picture reaches ahead; the road is laid a little further, so that it never ends in it. */
const HORIZON = 72;
const STEP = 4;
const SAMPLES = (FRONT - BACK) / STEP + 1;
const WIDTH = 66;

/** [samples] the road's middle in the picture, and its direction, from BACK to FRONT. */
const midX = new Float64Array(SAMPLES);
const midY = new Float64Array(SAMPLES);
const midAngle = new Float64Array(SAMPLES);

export function drawHighway(
  list: DrawList,
  c: Cars,
  i: number,
  road: Road & { readonly curves: number },
): void {
  layRoad(c, i, road.curves);
  list.begin(WIDTH, HORIZON - BACK);
  const half = (road.lanes * LANE) / 2;
  // First all of the road, as its pieces overlap, then what is painted on it.
  for (let k = 0; k + 1 < SAMPLES; k++) line(list, k, 0, { width: 2 * half + 1, colour: Colour.floor });
  for (let k = 0; k + 1 < SAMPLES; k++) {
    for (const side of [-half, half]) line(list, k, side, EDGE);
    for (let lane = 1; lane < road.lanes; lane++) line(list, k, lane * LANE - half, DASH, c.s[i]);
  }
  for (let at = i * road.cars; at < (i + 1) * road.cars; at++)
    if (c.ahead[at] > BACK && c.ahead[at] < FRONT)
      car(list, c.ahead[at], laneCentre(c.lane[at], road.lanes), 0, speedColour(c.speed[at]));
  car(list, 0, c.d[i], c.heading[i], Colour.agent);
}

/** Walks along the road in both directions from the agent, whose piece of road points up. */
function layRoad(c: Cars, i: number, curves: number): void {
  const here = -BACK / STEP;
  midX[here] = WIDTH / 2;
  midY[here] = HORIZON;
  midAngle[here] = 0;
  for (const way of [1, -1])
    for (let k = here + way; k >= 0 && k < SAMPLES; k += way) {
      const s = c.s[i] + (k - here - way / 2) * STEP;
      const bend = curvature(s, c.phase[2 * i], c.phase[2 * i + 1], curves);
      midAngle[k] = midAngle[k - way] + way * STEP * bend;
      const angle = (midAngle[k] + midAngle[k - way]) / 2;
      midX[k] = midX[k - way] + way * STEP * Math.sin(angle);
      midY[k] = midY[k - way] - way * STEP * Math.cos(angle);
    }
}

interface Paint {
  readonly width: number;
  readonly colour: number;
}

const EDGE: Paint = { width: 0.5, colour: Colour.ink };
const DASH: Paint = { width: 0.3, colour: Colour.wall };

/** The k-th piece of a line along the road at distance d from its middle; dashed, and still on the ground, if `driven` is given. */
function line(list: DrawList, k: number, d: number, paint: Paint, driven = 0): void {
  const phase = driven / STEP;
  if (driven > 0 && (Math.floor(phase) + k) % 3 === 0) return;
  // Dashes slide back by the part of a step that was driven.
  const slide = phase - Math.floor(phase);
  const back = Math.max(0, k - 1);
  const x = (j: number) => midX[j] + d * Math.cos(midAngle[j]);
  const y = (j: number) => midY[j] + d * Math.sin(midAngle[j]);
  const x1 = x(k) + slide * (x(back) - x(k));
  const y1 = y(k) + slide * (y(back) - y(k));
  const x2 = x(k + 1) + slide * (x(k) - x(k + 1));
  const y2 = y(k + 1) + slide * (y(k) - y(k + 1));
  list.line(x1, y1, x2, y2, paint.width, paint.colour);
}

function car(list: DrawList, ahead: number, d: number, heading: number, colour: number): void {
  const at = (ahead - BACK) / STEP;
  const k = Math.min(SAMPLES - 2, Math.max(0, Math.floor(at)));
  const part = at - k;
  const angle = midAngle[k] + part * (midAngle[k + 1] - midAngle[k]);
  const x = midX[k] + part * (midX[k + 1] - midX[k]) + d * Math.cos(angle);
  const y = midY[k] + part * (midY[k + 1] - midY[k]) + d * Math.sin(angle);
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
