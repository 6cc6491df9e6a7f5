/** Roads that users draw: the table has the curvature of the line, and what cannot be driven is refused in a sentence. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { circuitBend, compileRoad } from '#envs/field/highway/circuit.ts';
import { resolveRun } from '#train/request/resolve.ts';

type Points = [number, number][];

function ring(count: number, radius: number, clockwise = true): Points {
  return Array.from({ length: count }, (_, k) => {
    const angle = ((clockwise ? 1 : -1) * 2 * Math.PI * k) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

const wrong = (road: unknown) => problemOf(() => resolveRun({ world: 'highway', params: { road } }));

describe('the table of a road', () => {
  it('has the length and the curvature of a circle, to the right where it turns clockwise on the screen', () => {
    for (const clockwise of [true, false]) {
      const circuit = compileRoad(ring(24, 100, clockwise));
      // A B-spline lies a little inside of its control points.
      expect(circuit.length / (2 * Math.PI * 100)).toBeCloseTo(1, 1);
      for (let s = 0; s < circuit.length; s += 7)
        expect(circuitBend(circuit, s) * (clockwise ? 100 : -100)).toBeCloseTo(1, 1);
    }
  });

  it('turns once around in total, wherever it is asked and however often it has been round', () => {
    const points: Points = [
      [0, 0],
      [150, -20],
      [300, 0],
      [380, 120],
      [340, 260],
      [200, 300],
      [120, 220],
      [0, 240],
      [-100, 160],
      [-90, 60],
    ];
    const circuit = compileRoad(points);
    let turned = 0;
    const steps = 5000;
    for (let k = 0; k < steps; k++) turned += circuitBend(circuit, (k / steps) * circuit.length);
    expect((turned / steps) * circuit.length).toBeCloseTo(2 * Math.PI, 2);
    for (const s of [0, 13.7, 400]) {
      expect(circuitBend(circuit, s + 3 * circuit.length)).toBeCloseTo(circuitBend(circuit, s), 9);
      expect(circuitBend(circuit, s - circuit.length)).toBeCloseTo(circuitBend(circuit, s), 9);
    }
    // No jump where the road closes.
    expect(Math.abs(circuitBend(circuit, circuit.length - 0.5) - circuitBend(circuit, 0.5))).toBeLessThan(
      2e-3,
    );
  });
});

describe('a road', () => {
  it('is refused in a sentence', () => {
    expect(wrong(ring(3, 100))?.expected).toBe('at least 4 points, or none for the winding road');
    expect(wrong(ring(12, 20))?.expected).toMatch(/^a road of at least 300 m, this one has 1\d\d$/);
    expect(wrong(ring(12, 1500))?.expected).toMatch(/^a road of at most 6000 m/);
    expect(
      wrong([
        [0, 0],
        [300, 0],
        [300, 10],
        [0, 10],
      ])?.expected,
    ).toMatch(/^curves of a radius of at least 34 m, that near \(\d+, \d+\) has \d+$/);
    const eight: Points = Array.from({ length: 24 }, (_, k) => {
      const t = (2 * Math.PI * k) / 24;
      return [250 * Math.sin(t), 150 * Math.sin(2 * t)];
    });
    expect(wrong(eight)?.expected).toMatch(
      /^a road that does not cross itself, as it does near \(-?\d, -?\d\)$/,
    );
    expect(
      wrong([
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ])?.field,
    ).toBe('world.road');
    expect(wrong([[9000, 0]])?.field).toMatch(/^world\.road/);
  });

  it('is taken as text and as points, and is none if there are none', () => {
    expect(wrong(ring(12, 100))).toBeUndefined();
    expect(wrong(JSON.stringify(ring(12, 100)))).toBeUndefined();
    expect(wrong([])).toBeUndefined();
  });
});
