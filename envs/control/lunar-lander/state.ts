/** What a slot of LunarLander is made of, for its rules and its picture. */

export interface State extends Readonly<Record<string, Float64Array | Int32Array | Uint8Array>> {
  /** [n × 3 × 6] hull, leg 0, leg 1: centre of mass x, y, angle, and their velocities (m, rad, s). */
  readonly bodies: Float64Array;
  /** [n × 26] what hinges and ground did in the last step, from where the next one starts its solution. */
  readonly impulses: Float64Array;
  /** [n × 11] heights of the terrain (m). */
  readonly heights: Float64Array;
  /** [n × 2] 1 where a leg touches the ground. */
  readonly contact: Uint8Array;
  /** Steps at rest so far. */
  readonly rest: Int32Array;
  /** [n × 2] where in the gusts of force and of torque the slot is. */
  readonly gust: Int32Array;
  /** [n × 2] main engine 0 … 1, side engine −1 … 1: for the picture. */
  readonly flame: Float64Array;
}
