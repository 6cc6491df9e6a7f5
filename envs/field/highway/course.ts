/** Where the road leads: a winding one without end, or a circuit. */
import { circuitBend, type Circuit } from './circuit.ts';
import { curvature } from './road.ts';
import type { Cars } from './traffic.ts';

export interface Course {
  /** Curvature of the sharpest curve of the winding road (1/m). */
  readonly curves: number;
  /** The user's road instead. */
  readonly circuit: Circuit | undefined;
}

/** Curvature of the road of slot i at s. */
export function bendAt(c: Cars, i: number, s: number, { curves, circuit }: Course): number {
  return circuit ? circuitBend(circuit, s) : curvature(s, c.phase[2 * i], c.phase[2 * i + 1], curves);
}
