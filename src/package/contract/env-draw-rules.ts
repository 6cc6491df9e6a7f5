/** The picture of a world: finite numbers inside the announced extent, the same for the same state, and no trace in it. */
import { DrawList, Shape, STRIDE } from '#core/draw-list.ts';
import { rngStreams } from '#core/rng.ts';
import { copyColumns } from '#core/snapshot.ts';
import { expectSame, kernelFor, RandomPlay, type Setting } from './env-play.ts';
import { demand, type Rule } from './rule.ts';

/** How far a shape may reach over the edge, as a part of the larger side. */
const OVERHANG = 0.02;

/** The corners of what a row of the list covers. */
function corners(row: ArrayLike<number>): readonly (readonly [number, number])[] {
  const [kind, a, b, c, d, e, f] = Array.from(row);
  switch (kind) {
    case Shape.rect: {
      const [cx, cy, cos, sin] = [a + c / 2, b + d / 2, Math.cos(f), Math.sin(f)];
      return [
        [-c / 2, -d / 2],
        [c / 2, -d / 2],
        [-c / 2, d / 2],
        [c / 2, d / 2],
      ].map(([x, y]) => [cx + x * cos - y * sin, cy + x * sin + y * cos] as const);
    }
    case Shape.circle:
      return [
        [a - c, b - c],
        [a + c, b + c],
      ];
    case Shape.line:
      return [
        [Math.min(a, c) - e / 2, Math.min(b, d) - e / 2],
        [Math.max(a, c) + e / 2, Math.max(b, d) + e / 2],
      ];
    case Shape.triangle:
      return [
        [a, b],
        [c, d],
        [e, f],
      ];
    case Shape.glyph:
      return [[a, b]];
    default:
      throw new Error(`shape kind: expected one of ${Object.values(Shape).join(', ')}, got ${kind}`);
  }
}

function demandSound(list: DrawList, where: string): void {
  const { width, height, count, numbers } = list;
  demand(width > 0 && height > 0 && Number.isFinite(width + height), `${where}: expected an extent`);
  demand(count > 0, `${where}: expected shapes, got none`);
  for (let k = 0; k < count; k++) {
    const row = numbers.subarray(k * STRIDE, (k + 1) * STRIDE);
    const problem = problemOf(row, width, height);
    if (problem)
      throw new Error(`${where}: shape ${k} [${row.join(', ')}] in ${width}×${height}: ${problem}`);
  }
}

function problemOf(row: Float32Array, width: number, height: number): string | undefined {
  if (!row.every(Number.isFinite)) return 'expected finite numbers';
  const [colour, alpha] = [row[STRIDE - 2], row[STRIDE - 1]];
  if (!(Number.isInteger(colour) && colour >= 0 && colour <= 0xffffff)) return `colour ${colour}`;
  if (!(alpha > 0 && alpha <= 1)) return `alpha ${alpha}`;
  const slack = OVERHANG * Math.max(width, height);
  const outside = corners(row).find(
    ([x, y]) => x < -slack || y < -slack || x > width + slack || y > height + slack,
  );
  return outside && `reaches (${outside.join(', ')})`;
}

export const envDrawRules: readonly Rule<Setting>[] = [
  {
    name: 'draws inside its extent, the same for the same state, and leaves the state alone',
    check(setting) {
      const play = new RandomPlay(kernelFor(setting), { n: 2, seed: 21, actionSeed: 22 });
      const list = new DrawList();
      const again = new DrawList();
      for (let t = 0; t < (Object.keys(setting.params).length > 0 ? 30 : 120); t++) {
        play.step();
        play.env.draw(1, list);
        demandSound(list, `step ${t}`);
        play.env.draw(1, again);
        expectSame(
          again.numbers.subarray(0, again.count * STRIDE),
          list.numbers.subarray(0, list.count * STRIDE),
          'draw',
        );
      }
      const kernel = kernelFor(setting);
      const state = kernel.allocate(1);
      kernel.reset(state, 0, rngStreams(1)('world'));
      const before = copyColumns(state);
      kernel.draw(state, 0, list);
      for (const [name, column] of Object.entries(state)) expectSame(column, before[name], name);
    },
  },
];
