/** The maps of FrozenLake: Gymnasium's two, random ones that can be crossed, and those that users draw. */
import type { BoardFormat } from '#core/board.ts';
import { InputError, type Problem } from '#core/errors.ts';
import type { Rng } from '#core/rng.ts';

/** S start, F frozen, H hole, G goal; `cells` is row-major, one UTF-16 code per cell. */
export interface LakeMap {
  readonly width: number;
  readonly height: number;
  readonly cells: Uint8Array;
}

export const START = 83;
const FROZEN = 70;
export const HOLE = 72;
export const GOAL = 71;

/** Gymnasium's maps of these names. */
export const MAPS = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
} as const;

/** Sides of the smallest and the largest map. */
const LEAST = 2;
const MOST = 64;

/** How an editor paints a map. */
export const mapBoard: BoardFormat = {
  form: 'rows',
  min: LEAST,
  max: MOST,
  letters: [
    { letter: 'F', label: 'Ice', look: 'ice', role: 'free' },
    { letter: 'H', label: 'Hole', look: 'hole', role: 'danger' },
    { letter: 'S', label: 'Start', look: 'start', role: 'start' },
    { letter: 'G', label: 'Goal', look: 'goal', role: 'goal' },
  ],
  things: [],
};

/** Reads rows of letters. Throws an `InputError` that names the cell, or says that no goal can be reached. */
export function parseMap(rows: readonly string[], field: string): LakeMap {
  const height = rows.length;
  const width = rows[0]?.length ?? 0;
  const problems: Problem[] = [];
  const expect = (where: string, expected: string, got: string) =>
    problems.push({ field: `${field}${where}`, expected, got });
  if (Math.min(height, width) < LEAST || Math.max(height, width) > MOST)
    expect(
      '',
      `from ${LEAST} to ${MOST} rows of from ${LEAST} to ${MOST} letters`,
      `${height} rows of ${width}`,
    );
  const cells = new Uint8Array(width * height);
  rows.forEach((row, y) => {
    if (row.length !== width) expect(`.${y}`, `${width} letters as in row 0`, `${row.length} letters`);
    for (let x = 0; x < Math.min(width, row.length); x++) {
      const code = row.charCodeAt(x);
      if (code !== START && code !== FROZEN && code !== HOLE && code !== GOAL)
        expect(`.${y}.${x}`, 'S, F, H or G', JSON.stringify(row[x]));
      cells[y * width + x] = code;
    }
  });
  if (problems.length === 0) {
    if (!cells.includes(START)) expect('', 'a start S', 'none');
    else if (!cells.includes(GOAL)) expect('', 'a goal G', 'none');
    else if (!crossable({ width, height, cells })) expect('', 'a way from S to G', 'holes in between');
  }
  if (problems.length > 0) throw new InputError(problems);
  return { width, height, cells };
}

/**
 * A square map, start and goal in opposite corners, every other cell frozen with the given probability; drawn
 * again until it can be crossed, as in Gymnasium's `generate_random_map`.
 */
export function randomMap(size: number, frozen: number, rng: Rng): LakeMap {
  const cells = new Uint8Array(size * size);
  const map = { width: size, height: size, cells };
  // On a big map with little ice nearly every draw fails; after a hundred, ice is added until a map can be
  // crossed.
  for (let tries = 0, share = frozen; ; tries++) {
    if (tries >= 100) share = Math.min(1, share + 0.01);
    for (let k = 0; k < cells.length; k++) cells[k] = rng.uniform() < share ? FROZEN : HOLE;
    cells[0] = START;
    cells[cells.length - 1] = GOAL;
    if (crossable(map)) return map;
  }
}

/** Whether some start is joined to some goal by steps over ice. */
function crossable({ width, height, cells }: LakeMap): boolean {
  const seen = new Uint8Array(cells.length);
  const queue: number[] = [];
  const visit = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const k = y * width + x;
    if (seen[k] || cells[k] === HOLE) return;
    seen[k] = 1;
    queue.push(k);
  };
  for (let k = 0; k < cells.length; k++) if (cells[k] === START) visit(k % width, Math.floor(k / width));
  for (const k of queue) {
    if (cells[k] === GOAL) return true;
    const x = k % width;
    const y = (k - x) / width;
    visit(x - 1, y);
    visit(x + 1, y);
    visit(x, y - 1);
    visit(x, y + 1);
  }
  return false;
}
