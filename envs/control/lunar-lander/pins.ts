/**
 * The hinge pins of the lander, which hold each leg's hinge point on the hull's origin. They are solved
 * exactly and at once; what is solved after them (see physics.ts) only makes motions that keep obeying them.
 */
import {
  BODIES,
  BODY,
  HINGE_Y,
  HULL_CENTRE,
  INERTIA,
  LEG_AWAY,
  LEGS,
  MASS,
  sideOf,
  TIME_STEP,
} from './shape.ts';
import type { Slot } from './state.ts';

/** The part of a position error that is put right per step. */
export const CORRECTION = 0.2;

/** Velocities: vx, vy and spin of each body. */
const DIM = 3 * BODIES;
/** [DIM] one over the mass or moment of inertia (kg, kg m²) that each velocity belongs to. */
export const inverseMass = Float64Array.from({ length: DIM }, (_, k) =>
  k % 3 === 2 ? 1 / INERTIA[(k - 2) / 3] : 1 / MASS[Math.floor(k / 3)],
);
/**
 * Two pins of two rows: the velocity each row measures, its reach through the masses, and the inverse of
 * their coupling.
 */
const PINS = 2 * LEGS;
const pinRows = new Float64Array(PINS * DIM);
const pinReach = new Float64Array(PINS * DIM);
const pinBias = new Float64Array(PINS);
const coupling = new Float64Array(PINS * PINS);

/** The two rows that hold a leg's hinge point on the hull's origin, with a pull that closes a gap. */
export function preparePin(slot: Slot, leg: number): void {
  const { bodies } = slot;
  const a = slot.body;
  const b = a + (leg + 1) * BODY;
  const side = sideOf(leg);
  const sinB = Math.sin(bodies[b + 2]);
  const cosB = Math.cos(bodies[b + 2]);
  const ax = Math.sin(bodies[a + 2]) * HULL_CENTRE;
  const ay = -Math.cos(bodies[a + 2]) * HULL_CENTRE;
  const bx = cosB * side * LEG_AWAY - sinB * HINGE_Y;
  const by = sinB * side * LEG_AWAY + cosB * HINGE_Y;
  const x = 2 * leg * DIM;
  const y = x + DIM;
  const own = 3 * (leg + 1);
  pinRows.fill(0, x, y + DIM);
  pinRows[x] = pinRows[y + 1] = -1;
  pinRows[x + 2] = ay;
  pinRows[y + 2] = -ax;
  pinRows[x + own] = pinRows[y + own + 1] = 1;
  pinRows[x + own + 2] = -by;
  pinRows[y + own + 2] = bx;
  pinBias[2 * leg] = (CORRECTION / TIME_STEP) * (bodies[b] + bx - bodies[a] - ax);
  pinBias[2 * leg + 1] = (CORRECTION / TIME_STEP) * (bodies[b + 1] + by - bodies[a + 1] - ay);
}

/**
 * Makes the velocities obey the pins, and works out the mobility: [DIM × DIM] what an impulse in each
 * direction of motion does to the velocities while the pins hold.
 */
export function holdPins(v: Float64Array, mobility: Float64Array): void {
  for (let k = 0; k < PINS * DIM; k++) pinReach[k] = pinRows[k] * inverseMass[k % DIM];
  for (let p = 0; p < PINS; p++)
    for (let q = 0; q < PINS; q++) {
      let sum = 0;
      for (let k = 0; k < DIM; k++) sum += pinRows[p * DIM + k] * pinReach[q * DIM + k];
      coupling[p * PINS + q] = sum;
    }
  invert(coupling, PINS);
  for (let j = 0; j < DIM; j++)
    for (let k = j; k < DIM; k++) {
      let sum = j === k ? inverseMass[j] : 0;
      for (let p = 0; p < PINS; p++)
        for (let q = 0; q < PINS; q++)
          sum -= pinReach[p * DIM + j] * coupling[p * PINS + q] * pinReach[q * DIM + k];
      mobility[j * DIM + k] = mobility[k * DIM + j] = sum;
    }
  for (let p = 0; p < PINS; p++) {
    for (let k = 0; k < DIM; k++) pinBias[p] += pinRows[p * DIM + k] * v[k];
  }
  for (let p = 0; p < PINS; p++) {
    let impulse = 0;
    for (let q = 0; q < PINS; q++) impulse -= coupling[p * PINS + q] * pinBias[q];
    for (let k = 0; k < DIM; k++) v[k] += pinReach[p * DIM + k] * impulse;
  }
}

/** Gauss–Jordan inverse in place of a small symmetric positive definite matrix. */
function invert(m: Float64Array, n: number): void {
  for (let p = 0; p < n; p++) {
    const pivot = 1 / m[p * n + p];
    m[p * n + p] = 1;
    for (let k = 0; k < n; k++) m[p * n + k] *= pivot;
    for (let r = 0; r < n; r++) {
      if (r === p) continue;
      const factor = m[r * n + p];
      m[r * n + p] = 0;
      for (let k = 0; k < n; k++) m[r * n + k] -= factor * m[p * n + k];
    }
  }
}
