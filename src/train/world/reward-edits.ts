/**
 * What a user adds to a world's reward, beside the weights of its terms and in the same part of a request: a formula and
 * bonuses on cells, added to the reward of every step by where it ends, and a potential for shaping. Only the agent gets
 * them: returns of episodes stay under the weights alone, so that runs with and without them can be compared.
 */
import { z } from 'zod';
import type { EnvSpec } from '#core/env.ts';
import { messageOf, refusal, show } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import type { OfQuantities, RewardEdit, Shaping } from '#core/shaping.ts';
import { compileFormula } from '#data/formula.ts';

/** [column, row, number] for some cells of a grid; 0 on all others. */
type Cells = readonly (readonly [x: number, y: number, value: number])[];

export interface RewardEdits {
  /** A formula of the world's quantities. */
  readonly formula?: string;
  /** Φ, as a formula or by cell. */
  readonly potential?: string | Cells;
  readonly bonus?: Cells;
}

/** As large as rewards of a level. */
const MOST = 1000;
const MOST_CELLS = 4096;

const cellsSchema = z
  .array(z.tuple([z.int().min(0), z.int().min(0), z.number().min(-MOST).max(MOST)]))
  .max(MOST_CELLS);

/** The value of an edit, given as itself or as text; undefined where it is empty. Throws an `InputError` at `reward.…`. */
export function parseEdit<K extends RewardEdit>(spec: EnvSpec, key: K, given: unknown): RewardEdits[K];
export function parseEdit(spec: EnvSpec, key: RewardEdit, given: unknown): string | Cells | undefined {
  const value = typeof given === 'string' ? given.trim() : given;
  if (value === '' || value === undefined || value === null) return undefined;
  const isCells = typeof value !== 'string' || value.startsWith('[') || key === 'bonus';
  if (key === 'formula' || !isCells) return parseFormula(spec, key, value);
  return parseCells(spec, key, value);
}

/** The same edits with another value of one of them; without it where that is undefined. */
export function withEdit(edits: RewardEdits, key: RewardEdit, value: RewardEdits[RewardEdit]): RewardEdits {
  const { [key]: _, ...others } = edits;
  return value === undefined ? others : { ...others, [key]: value };
}

/** What the edits add, for a world with this spec; undefined if they add nothing. */
export function shapingOf(
  spec: EnvSpec,
  { formula, potential, bonus }: RewardEdits,
  discount: () => number,
): Shaping | undefined {
  const parts = [
    ...(formula === undefined ? [] : [compiled(spec, formula)]),
    ...(bonus === undefined ? [] : [byCell(spec, bonus)]),
  ];
  const [first, second] = parts;
  if (!first && potential === undefined) return undefined;
  return {
    bonus: second ? (quantities) => first(quantities) + second(quantities) : first,
    potential:
      potential === undefined
        ? undefined
        : typeof potential === 'string'
          ? compiled(spec, potential)
          : byCell(spec, potential),
    discount,
  };
}

function parseFormula(spec: EnvSpec, key: RewardEdit, value: unknown): string {
  const field = `reward.${key}`;
  const names = spec.quantities ?? [];
  if (names.length === 0) throw refusal(field, `nothing, as ${spec.id} names no quantities`, show(value));
  if (typeof value !== 'string') throw refusal(field, `a formula of ${names.join(', ')}`, show(value));
  try {
    compileFormula(value, names)(new Float32Array(names.length));
    return value;
  } catch (error) {
    const reason = messageOf(error);
    const expected = reason.startsWith('expected ')
      ? reason.slice('expected '.length).replace(/, got .*/, '')
      : `a formula of ${names.join(', ')} (${reason})`;
    throw refusal(field, expected, show(value));
  }
}

function parseCells(spec: EnvSpec, key: RewardEdit, value: unknown): Cells | undefined {
  const field = `reward.${key}`;
  const { grid } = spec;
  if (!grid) throw refusal(field, `nothing, as ${spec.id} has no cells`, show(value));
  const given = typeof value === 'string' ? parseJson(value, field) : value;
  const parsed = cellsSchema.safeParse(given);
  if (!parsed.success) {
    const expected = `at most ${MOST_CELLS} cells [column, row, number from -${MOST} to ${MOST}]`;
    throw refusal(field, expected, show(given));
  }
  const seen = new Set<number>();
  parsed.data.forEach(([x, y], k) => {
    const at = `${field}.${k}`;
    const cell = `cell (${x}, ${y})`;
    if (x >= grid.width || y >= grid.height)
      throw refusal(at, `a cell of the ${grid.width} × ${grid.height} grid`, cell);
    if (seen.has(y * grid.width + x)) throw refusal(at, 'every cell once', `${cell} again`);
    seen.add(y * grid.width + x);
  });
  return parsed.data.length > 0 ? parsed.data : undefined;
}

function compiled(spec: EnvSpec, formula: string): OfQuantities {
  return compileFormula(formula, spec.quantities ?? []);
}

/** A number per cell, 0 outside of the grid. */
function byCell({ grid, quantities = [] }: EnvSpec, cells: Cells): OfQuantities {
  const { width, height } = grid ?? { width: 0, height: 0 };
  const [column, row] = [quantities.indexOf('x'), quantities.indexOf('y')];
  const values = new Float64Array(width * height);
  for (const [x, y, value] of cells) values[y * width + x] = value;
  return (q) => values[q[row] * width + q[column]];
}
