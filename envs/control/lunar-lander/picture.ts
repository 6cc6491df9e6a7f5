/** The lander for people: hull, legs, flames, terrain and the flags beside the pad. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { State } from './state.ts';
import {
  BODIES,
  BODY,
  HEIGHT,
  HULL,
  LEG_HEIGHT,
  LEG_WIDTH,
  originX,
  originY,
  POINTS,
  SCALE,
  SPACING,
  WIDTH,
} from './shape.ts';

/** Room around the reference's picture, in which the lander may still be seen. */
const SIDE = 1.2;
const SKY = 2;

export function drawLander(s: State, i: number, list: DrawList): void {
  const bottom = HEIGHT + SKY;
  list.begin(WIDTH + 2 * SIDE, bottom);
  drawTerrain(list, s.heights, i * POINTS);
  const at = i * BODIES * BODY;
  const x = originX(s.bodies, at) + SIDE;
  const y = bottom - originY(s.bodies, at);
  if (y < 1.2) {
    // Above the picture: an arrow says where.
    list.triangle(x - 0.3, 0.5, x + 0.3, 0.5, x, 0.1, Colour.agent);
    return;
  }
  const angle = s.bodies[at + 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Pixels of the reference, right and up from the hull's origin.
  const px = (right: number, up: number): number => x + (right * cos - up * sin) / SCALE;
  const py = (right: number, up: number): number => y - (right * sin + up * cos) / SCALE;
  const main = s.flame[2 * i];
  const side = s.flame[2 * i + 1];
  if (main > 0) {
    const tip = -10 - 22 * main;
    list.triangle(px(-7, -10), py(-7, -10), px(7, -10), py(7, -10), px(0, tip), py(0, tip), Colour.orange);
  }
  if (side !== 0) {
    const edge = 17 * Math.sign(side);
    const tip = edge + 16 * side;
    list.triangle(
      px(edge, 9),
      py(edge, 9),
      px(edge, 15),
      py(edge, 15),
      px(tip, 12),
      py(tip, 12),
      Colour.gold,
    );
  }
  for (let leg = 1; leg < BODIES; leg++) {
    const [legX, legY] = legCentre(s, i, leg);
    const corner = leg === 1 ? 14 : -14;
    list.line(px(corner, -6), py(corner, -6), legX, legY, 0.06, Colour.dim);
    drawLeg(list, s, i, leg);
  }
  for (let k = 1; k + 1 < HULL.length; k++)
    list.triangle(
      px(...HULL[0]),
      py(...HULL[0]),
      px(...HULL[k]),
      py(...HULL[k]),
      px(...HULL[k + 1]),
      py(...HULL[k + 1]),
      Colour.agent,
    );
  list.circle(px(0, 6), py(0, 6), 5 / SCALE, Colour.ground);
}

/** In the picture. */
function legCentre(s: State, i: number, leg: number): readonly [number, number] {
  const at = (i * BODIES + leg) * BODY;
  return [s.bodies[at] + SIDE, HEIGHT + SKY - s.bodies[at + 1]];
}

function drawLeg(list: DrawList, s: State, i: number, leg: number): void {
  const at = (i * BODIES + leg) * BODY;
  const [x, y] = legCentre(s, i, leg);
  const colour = s.contact[2 * i + leg - 1] ? Colour.goal : Colour.dim;
  list.rect(x - LEG_WIDTH / 2, y - LEG_HEIGHT / 2, LEG_WIDTH, LEG_HEIGHT, colour, 0.03, -s.bodies[at + 2]);
}

function drawTerrain(list: DrawList, heights: Float64Array, first: number): void {
  const bottom = HEIGHT + SKY;
  for (let k = 0; k + 1 < POINTS; k++) {
    const [x1, x2] = [SIDE + k * SPACING, SIDE + (k + 1) * SPACING];
    const [y1, y2] = [bottom - heights[first + k], bottom - heights[first + k + 1]];
    list.triangle(x1, bottom, x1, y1, x2, y2, Colour.grid);
    list.triangle(x1, bottom, x2, y2, x2, bottom, Colour.grid);
    list.line(x1, y1, x2, y2, 0.06, Colour.wall);
  }
  for (const point of [4, 6]) {
    const x = SIDE + point * SPACING;
    const y = bottom - heights[first + point];
    list.line(x, y, x, y - 1.6, 0.05, Colour.ink);
    list.triangle(x, y - 1.6, x, y - 1.1, x + 0.8, y - 1.35, Colour.gold);
  }
}
