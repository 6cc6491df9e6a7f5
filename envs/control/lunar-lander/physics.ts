/**
 * Rigid-body physics of one lander: a hull, two legs on springy hinges, uneven ground. The hinge pins are
 * solved exactly, then motors, stops and contacts by projected Gauss–Seidel on what motion the pins leave
 * (Catto, *Iterative Dynamics with Temporal Coherence*, 2005). The impulses a step ends with start the next
 * and are a column: a slot's numbers are its whole state.
 */
import { CORRECTION, holdPins, inverseMass, preparePin } from './pins.ts';
import {
  BODIES,
  BODY,
  corner,
  CORNERS,
  LEG_CLOSED,
  LEGS,
  sideOf,
  terrainHeight,
  terrainSlope,
  TIME_STEP,
} from './shape.ts';
import { IMPULSES, PER_LEG, type Slot } from './state.ts';

const GRAVITY = 10; // m/s²
const MOTOR_SPEED = 0.3; // rad/s, towards the closed position
const MAX_MOTOR = 40 * TIME_STEP; // N m s
/** The largest angle between leg and hull (rad). */
const LEG_OPEN = 0.9;
/** √(0.1 · 0.2): ground and leg. */
const FRICTION = Math.sqrt(0.02);
/**
 * A leg weighs a seventieth of the hull, which makes slow going: hence many rounds, cheap ones, ended when
 * little changes.
 */
const MAX_ROUNDS = 500;
const SETTLED = 1e-6; // N s
/** Depth in the ground that is left alone. */
const SLOP = 0.005; // m
/** A corner nearer to the ground than this takes part in the solution. */
const NEAR = 0.2; // m
const TOUCHING = 0.02; // m

/**
 * What acts on the hull in a step besides gravity: N s along x and y at the centre of mass, and N m s. An
 * array, because a number written to a field of an object may be allocated.
 */
export type Push = Float64Array;
export const [PUSH_X, PUSH_Y, PUSH_TURN] = [0, 1, 2];

/** Velocities: vx, vy and spin of each body. */
const DIM = 3 * BODIES;
const v = new Float64Array(DIM);
/** What an impulse in each direction of motion does to the velocities when the pins hold: DIM × DIM. */
const mobility = new Float64Array(DIM * DIM);
/**
 * Rows of motors, stops and contacts in use: what each measures and reaches, and where its impulse is kept.
 */
const MAX_ROWS = IMPULSES;
const rows = new Float64Array(MAX_ROWS * DIM);
const reach = new Float64Array(MAX_ROWS * DIM);
const effective = new Float64Array(MAX_ROWS);
const wanted = new Float64Array(MAX_ROWS);
const kept = new Int32Array(MAX_ROWS);
/**
 * Of each row: MOTOR within ± its torque, PUSH never negative, GRIP within the friction of the row before it.
 */
const rule = new Uint8Array(MAX_ROWS);
const [MOTOR, PUSH, GRIP] = [0, 1, 2];
let used = 0;
const point = new Float64Array(2);
const touching = new Uint8Array(LEGS);

/** Moves one lander by one time step. */
export function advance(slot: Slot, push: Push): void {
  const { bodies, body, impulses } = slot;
  for (let b = 0; b < BODIES; b++) {
    const at = body + b * BODY;
    v[3 * b] = bodies[at + 3];
    v[3 * b + 1] = bodies[at + 4] - GRAVITY * TIME_STEP;
    v[3 * b + 2] = bodies[at + 5];
  }
  for (let k = 0; k < 3; k++) v[k] += push[k] * inverseMass[k];
  used = 0;
  for (let leg = 0; leg < LEGS; leg++) preparePin(slot, leg);
  holdPins(v, mobility);
  for (let leg = 0; leg < LEGS; leg++) {
    prepareHinge(slot, leg);
    prepareContacts(slot, leg);
  }
  for (let r = 0; r < used; r++) apply(r, impulses[kept[r]]);
  for (let round = 0; round < MAX_ROUNDS; round++) if (solveRound(impulses) < SETTLED) break;
  for (let b = 0; b < BODIES; b++) {
    const at = body + b * BODY;
    for (let k = 0; k < 3; k++) {
      bodies[at + 3 + k] = v[3 * b + k];
      bodies[at + k] += TIME_STEP * v[3 * b + k];
    }
  }
}

/** Whether a leg (0 right, 1 left) touched the ground when the last step began. */
export function touched(leg: number): boolean {
  return touching[leg] === 1;
}

/** Motor and the two stops of a leg. A stop may be reached but not passed within the step. */
function prepareHinge(slot: Slot, leg: number): void {
  const { bodies, body } = slot;
  const side = sideOf(leg);
  const angle = -side * (bodies[body + (leg + 1) * BODY + 2] - bodies[body + 2]);
  for (let k = 0; k < 3; k++) {
    const sign = k === 0 ? 1 : k === 1 ? -side : side;
    const room = k === 1 ? angle - LEG_CLOSED : LEG_OPEN - angle;
    const r = used++;
    rows.fill(0, r * DIM, (r + 1) * DIM);
    rows[r * DIM + 2] = -sign;
    rows[r * DIM + 3 * (leg + 1) + 2] = sign;
    wanted[r] = k === 0 ? side * MOTOR_SPEED : -(room > 0 ? room : CORRECTION * room) / TIME_STEP;
    rule[r] = k === 0 ? MOTOR : PUSH;
    finish(r, slot.impulse + leg * PER_LEG + k);
  }
}

/** Normal and friction of each corner of a leg that is near the ground. */
function prepareContacts(slot: Slot, leg: number): void {
  const { bodies, heights, height, impulses } = slot;
  const b = slot.body + (leg + 1) * BODY;
  touching[leg] = 0;
  for (let k = 0; k < CORNERS; k++) {
    corner(bodies, b, k, point);
    const slope = terrainSlope(heights, height, point[0]);
    const cos = 1 / Math.sqrt(1 + slope * slope);
    const distance = (point[1] - terrainHeight(heights, height, point[0])) * cos;
    const keep = slot.impulse + leg * PER_LEG + 3 + 2 * k;
    if (distance > NEAR) {
      impulses[keep] = impulses[keep + 1] = 0;
      continue;
    }
    if (distance < TOUCHING) touching[leg] = 1;
    const own = 3 * (leg + 1);
    const rx = point[0] - bodies[b];
    const ry = point[1] - bodies[b + 1];
    const nx = -slope * cos;
    const ny = cos;
    for (let part = 0; part < 2; part++) {
      const dx = part === 0 ? nx : ny;
      const dy = part === 0 ? ny : -nx;
      const r = used++;
      rows.fill(0, r * DIM, (r + 1) * DIM);
      rows[r * DIM + own] = dx;
      rows[r * DIM + own + 1] = dy;
      rows[r * DIM + own + 2] = rx * dy - ry * dx;
      // The corner may come as near as the ground; below it, a part of the depth is pushed out per step.
      const error = distance > 0 ? distance : CORRECTION * Math.min(0, distance + SLOP);
      wanted[r] = part === 0 ? -error / TIME_STEP : 0;
      rule[r] = part === 0 ? PUSH : GRIP;
      finish(r, keep + part);
    }
  }
}

/** Completes a row: what its impulse reaches while the pins hold, and its effective mass. */
function finish(r: number, keep: number): void {
  kept[r] = keep;
  let stiffness = 0;
  for (let j = 0; j < DIM; j++) {
    let sum = 0;
    for (let k = 0; k < DIM; k++) sum += mobility[j * DIM + k] * rows[r * DIM + k];
    reach[r * DIM + j] = sum;
    stiffness += rows[r * DIM + j] * sum;
  }
  effective[r] = 1 / stiffness;
}

function apply(r: number, impulse: number): void {
  for (let k = r * DIM, j = 0; j < DIM; j++, k++) v[j] += reach[k] * impulse;
}

/** Every row once. Returns how much the impulses changed. */
function solveRound(impulses: Float64Array): number {
  let change = 0;
  for (let r = 0; r < used; r++) {
    let error = -wanted[r];
    for (let k = r * DIM, j = 0; j < DIM; j++, k++) error += rows[k] * v[j];
    const old = impulses[kept[r]];
    let next = old - effective[r] * error;
    if (rule[r] === PUSH) next = Math.max(0, next);
    else {
      const limit = rule[r] === MOTOR ? MAX_MOTOR : FRICTION * impulses[kept[r - 1]];
      next = Math.min(limit, Math.max(-limit, next));
    }
    if (next === old) continue;
    impulses[kept[r]] = next;
    apply(r, next - old);
    change += Math.abs(next - old);
  }
  return change;
}
