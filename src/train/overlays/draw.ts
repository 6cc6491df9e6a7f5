/** Draws a look at the states over the picture of a tabular world: heat, triangles, arrows and traces, cell by cell. */
import { argmax } from '#core/argmax.ts';
import { scaleColour, shareOf } from '#core/colour-scale.ts';
import { Colour, type DrawList } from '#core/draw-list.ts';
import type { EnvSpec } from '#core/env.ts';
import type { Look, Overlay, Range, StateLook } from '#core/overlay.ts';
import { boardFirst } from './board-first.ts';
import type { Cell } from './cell.ts';
import { headingOf, type Heading } from './heading.ts';
import { drawSaliency } from './saliency.ts';
import { rowSums } from './states.ts';
import { drawNumber } from './text.ts';

/** Cells above which numbers are too small to be read, and all arrows but the likeliest to be seen. */
const MOST_NUMBERED = 100;
const MOST_DETAILED = 400;
/** Share of a cell's side that is left free around what is drawn on it. */
const GAP = 0.05;
/** Opacity of heat: what the ground of a cell says can still be told. */
const HEAT = 0.85;
/** Probabilities below it have no arrow. */
const SELDOM = 0.02;

/** Adds what was asked for to the picture of a world. */
export function drawLook(
  list: DrawList,
  { states, saliency }: Look,
  asked: ReadonlySet<Overlay>,
  spec: EnvSpec,
): void {
  if (saliency) drawSaliency(list, saliency, spec.observation);
  if (!states || spec.action.kind !== 'discrete') return;
  const headings = spec.action.names.map(headingOf);
  const visits = states.estimates.visits && rowSums(states.estimates.visits, headings.length);
  const each = (draw: (list: DrawList, cell: Cell, row: Row) => void): void => {
    for (let i = 0; i < states.states.length; i++) {
      const [x, y, w, h] = states.cells.subarray(4 * i, 4 * i + 4);
      draw(list, { x, y, w, h }, { look: states, row: i, asked, headings, visits });
    }
  };
  // What is on the board stays in sight: colours go under it, signs and numbers over it.
  const objects = list.cut(boardFirst(list));
  each(drawColours);
  list.append(objects);
  each(drawSigns);
}

interface Row {
  readonly look: StateLook;
  readonly row: number;
  readonly asked: ReadonlySet<Overlay>;
  /** By action. */
  readonly headings: readonly Heading[];
  /** [n] N(s) */
  readonly visits: Float32Array | undefined;
}

/** Triangles of Q, and the heat of V or else of the visits. */
function drawColours(list: DrawList, cell: Cell, given: Row): void {
  const { look, row, asked, headings, visits } = given;
  const { ranges, estimates } = look;
  const { values, actionValues } = estimates;
  const showsQ = asked.has('actions') && actionValues && ranges.actions;
  if (showsQ) drawActions(list, cell, rowOf(actionValues, given), headings, showsQ);
  // Between the triangles, V has the middle.
  const place = showsQ ? inner(cell) : cell;
  if (asked.has('values') && values && ranges.values)
    drawHeat(list, place, shareOf(ranges.values, values[row]));
  else if (asked.has('visits') && visits && ranges.visits && !showsQ)
    drawHeat(list, cell, logShare(visits[row], ranges.visits.high));
}

/** Numbers, traces and arrows. */
function drawSigns(list: DrawList, cell: Cell, given: Row): void {
  const { look, row, asked, headings, visits } = given;
  const { values, probabilities, traces } = look.estimates;
  if (look.states.length <= MOST_NUMBERED) {
    if (asked.has('values') && values) drawNumber(list, values[row], cell, 'lower left');
    if (asked.has('visits') && visits) drawNumber(list, visits[row], cell, 'upper right');
  }
  if (asked.has('traces') && traces) drawTraces(list, cell, rowOf(traces, given), headings);
  if (!asked.has('policy') || !probabilities) return;
  const policy = rowOf(probabilities, given);
  drawPolicy(list, cell, look.states.length > MOST_DETAILED ? onlyBest(policy) : policy, headings);
}

/** The likeliest action alone. */
function onlyBest(policy: Float32Array): Float32Array {
  const best = argmax(policy);
  return policy.map((p, a) => (a === best ? p : 0));
}

function rowOf(rows: Float32Array, { row, headings: { length } }: Row): Float32Array {
  return rows.subarray(row * length, (row + 1) * length);
}

/** Visits differ by powers of ten. */
function logShare(visits: number, most: number): number {
  return most > 0 ? Math.log1p(visits) / Math.log1p(most) : 0;
}

function inner({ x, y, w, h }: Cell): Cell {
  return { x: x + 0.31 * w, y: y + 0.34 * h, w: 0.38 * w, h: 0.32 * h };
}

function drawHeat(list: DrawList, { x, y, w, h }: Cell, share: number): void {
  const gap = GAP * Math.min(w, h);
  list.rect(x + gap, y + gap, w - 2 * gap, h - 2 * gap, scaleColour(share), gap, 0, HEAT);
}

/** Towards each neighbour a triangle; actions that lead nowhere are dots in a row. */
function drawActions(
  list: DrawList,
  cell: Cell,
  q: Float32Array,
  headings: readonly Heading[],
  range: Range,
): void {
  const { x, y, w, h } = cell;
  const [cx, cy] = [x + w / 2, y + h / 2];
  const reach = 0.5 - GAP;
  headings.forEach((heading, a) => {
    const colour = scaleColour(shareOf(range, q[a]));
    if (!heading) return;
    const [dx, dy] = heading;
    // The base is the cell's edge, the tip its middle.
    const side = reach - GAP / 2;
    const [ex, ey] = [cx + dx * reach * w, cy + dy * reach * h];
    const [sx, sy] = [dy * side * w, dx * side * h];
    list.triangle(ex - sx, ey - sy, ex + sx, ey + sy, cx + dx * GAP * w, cy + dy * GAP * h, colour, 0.9);
  });
  eachStill(headings, cell, (a, px, py, r) => list.circle(px, py, r, scaleColour(shareOf(range, q[a]))));
}

/** Arrows whose length and strength is the probability; dots likewise. */
function drawPolicy(
  list: DrawList,
  cell: Cell,
  probabilities: Float32Array,
  headings: readonly Heading[],
): void {
  const { x, y, w, h } = cell;
  const [cx, cy] = [x + w / 2, y + h / 2];
  const unit = Math.min(w, h);
  headings.forEach((heading, a) => {
    const p = probabilities[a];
    if (!heading || !(p >= SELDOM)) return;
    const [dx, dy] = heading;
    const alpha = 0.35 + 0.65 * p;
    const length = 0.1 + 0.23 * p;
    const [tx, ty] = [cx + dx * length * w, cy + dy * length * h];
    drawArrow(list, [cx, cy], [tx, ty], unit * (0.5 + 0.5 * p), alpha);
  });
  eachStill(headings, cell, (a, px, py, r) => {
    if (probabilities[a] < SELDOM) return;
    list.circle(px, py, r * (0.4 + 0.4 * probabilities[a]), Colour.ink, 0.35 + 0.65 * probabilities[a]);
  });
}

/** A shaft and a head, with a dark edge, so that it is seen on any colour. */
function drawArrow(
  list: DrawList,
  [x, y]: readonly [number, number],
  [tx, ty]: readonly [number, number],
  unit: number,
  alpha: number,
): void {
  const length = Math.hypot(tx - x, ty - y);
  const [ux, uy] = [(tx - x) / length, (ty - y) / length];
  for (const [colour, more] of [
    [Colour.ground, 0.035],
    [Colour.ink, 0],
  ] as const) {
    const half = (0.09 + more) * unit;
    const tip = (0.12 + 1.4 * more) * unit;
    const [bx, by] = [tx - ux * more * unit, ty - uy * more * unit];
    list.line(x, y, tx, ty, (0.06 + more) * unit, colour, alpha);
    list.triangle(
      bx - uy * half,
      by + ux * half,
      bx + uy * half,
      by - ux * half,
      tx + ux * tip,
      ty + uy * tip,
      colour,
      alpha,
    );
  }
}

/** A pink mark at the side to which the action leads, the stronger the more of the next error reaches the pair. */
function drawTraces(list: DrawList, cell: Cell, traces: Float32Array, headings: readonly Heading[]): void {
  const { x, y, w, h } = cell;
  headings.forEach((heading, a) => {
    if (!heading || traces[a] <= 0) return;
    const [dx, dy] = heading;
    const [mx, my] = [x + (0.5 + 0.36 * dx) * w, y + (0.5 + 0.36 * dy) * h];
    const r = 0.13 * Math.min(w, h);
    list.circle(mx, my, r * 1.2, Colour.ground, Math.min(1, 0.2 + traces[a]));
    list.circle(mx, my, r, Colour.pink, Math.min(1, 0.15 + 0.85 * traces[a]));
  });
  eachStill(headings, cell, (a, px, py, r) => {
    if (traces[a] > 0) list.circle(px, py, r, Colour.pink, Math.min(1, 0.15 + 0.85 * traces[a]));
  });
}

/** The actions without a direction, each with a place in a row through the middle of the cell. */
function eachStill(
  headings: readonly Heading[],
  { x, y, w, h }: Cell,
  draw: (action: number, x: number, y: number, radius: number) => void,
): void {
  const still = headings.flatMap((heading, a) => (heading ? [] : [a]));
  const step = 0.3 * w;
  still.forEach((a, k) => {
    const px = x + w / 2 + (k - (still.length - 1) / 2) * step;
    draw(a, px, y + h / 2, 0.11 * Math.min(w, h));
  });
}
