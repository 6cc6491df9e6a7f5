/** Where TensorFlow Playground puts its points and what it says of them (its dataset.ts, 2016); the plane is [−6, 6]². */
import type { Rng } from '#core/rng.ts';

/** [count] each; a label is −1 or 1, or any number. */
export interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly label: Float32Array;
}

const RADIUS = 5;
const EDGE = 6;
/** Empty space on both sides of the axes. */
const XOR_GAP = 0.3;

/** One class within half the radius, the other beyond seven tenths; noise moves a point only for its label. */
export function circle(count: number, noise: number, rng: Rng): Points {
  const half = Math.ceil(count / 2);
  return points(2 * half, (k) => {
    const r = k < half ? between(0, RADIUS / 2, rng) : between(0.7 * RADIUS, RADIUS, rng);
    const angle = between(0, 2 * Math.PI, rng);
    const x = r * Math.sin(angle);
    const y = r * Math.cos(angle);
    const distance = Math.hypot(x + around(RADIUS, rng) * noise, y + around(RADIUS, rng) * noise);
    return [x, y, distance < RADIUS / 2 ? 1 : -1];
  });
}

export function xor(count: number, noise: number, rng: Rng): Points {
  return points(count, () => {
    const x = apart(around(RADIUS, rng));
    const y = apart(around(RADIUS, rng));
    const product = (x + around(RADIUS, rng) * noise) * (y + around(RADIUS, rng) * noise);
    return [x, y, product >= 0 ? 1 : -1];
  });
}

/** Variance 0.5 without noise, 4 with the most. */
export function gauss(count: number, noise: number, rng: Rng): Points {
  const half = Math.ceil(count / 2);
  const deviation = Math.sqrt(0.5 + 7 * noise);
  return points(2 * half, (k) => {
    const sign = k < half ? 1 : -1;
    return [2 * sign + deviation * rng.normal(), 2 * sign + deviation * rng.normal(), sign];
  });
}

/** One and three quarters turns each. */
export function spiral(count: number, noise: number, rng: Rng): Points {
  const half = Math.ceil(count / 2);
  return points(2 * half, (k) => {
    const along = (k % half) / half;
    const angle = 1.75 * along * 2 * Math.PI + (k < half ? 0 : Math.PI);
    const x = along * RADIUS * Math.sin(angle) + around(1, rng) * noise;
    const y = along * RADIUS * Math.cos(angle) + around(1, rng) * noise;
    return [x, y, k < half ? 1 : -1];
  });
}

export function plane(count: number, noise: number, rng: Rng): Points {
  return everywhere(count, noise, rng, (x, y) => (x + y) / 10);
}

/** Centres of the bumps, and their signs. */
const BUMPS = [
  [-4, 2.5, 1],
  [0, 2.5, -1],
  [4, 2.5, 1],
  [-4, -2.5, -1],
  [0, -2.5, 1],
  [4, -2.5, -1],
] as const;

/** A bump falls from ±1 to 0 at a distance of 2. */
export function bumps(count: number, noise: number, rng: Rng): Points {
  return everywhere(count, noise, rng, (x, y) => {
    let value = 0;
    for (const [cx, cy, sign] of BUMPS) {
      const height = Math.max(0, 1 - Math.hypot(x - cx, y - cy) / 2);
      if (height > Math.abs(value)) value = sign * height;
    }
    return value;
  });
}

/** Class 1 above a curve; where the curve is not defined, no point is above it. */
export function above(curve: (x: number) => number, count: number, noise: number, rng: Rng): Points {
  return everywhere(count, noise, rng, (x, y) => (y > curve(x) ? 1 : -1));
}

/** Points all over the plane; noise moves a point only for its label. */
function everywhere(count: number, noise: number, rng: Rng, label: (x: number, y: number) => number): Points {
  return points(count, () => {
    const x = around(EDGE, rng);
    const y = around(EDGE, rng);
    return [x, y, label(x + around(EDGE, rng) * noise, y + around(EDGE, rng) * noise)];
  });
}

function apart(x: number): number {
  return x + (x > 0 ? XOR_GAP : -XOR_GAP);
}

function points(count: number, make: (k: number) => readonly [x: number, y: number, label: number]): Points {
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const label = new Float32Array(count);
  for (let k = 0; k < count; k++) [x[k], y[k], label[k]] = make(k);
  return { x, y, label };
}

function between(low: number, high: number, rng: Rng): number {
  return low + (high - low) * rng.uniform();
}

function around(radius: number, rng: Rng): number {
  return between(-radius, radius, rng);
}
