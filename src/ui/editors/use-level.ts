/** The level in the editor: its history, its tools, and what its world says of it. */
import { useMemo, useRef } from 'preact/hooks';
import type { BoardFormat } from '#core/board.ts';
import type { FieldDescription } from '#core/config.ts';
import { rngStreams } from '#core/rng.ts';
import type { RunStore } from '../state/run-store.ts';
import { change, type History } from './history.ts';
import { lead, levelValue, paint, readLevel, resize, type Level, type Tool } from './level.ts';
import { propose, PROPOSALS } from './random-level.ts';
import { editedIn, useHistory } from './use-history.ts';
import { problemOf, useVerdict } from './verdict.ts';

export type LevelField = FieldDescription & { readonly kind: 'json'; readonly board: BoardFormat };

export type LevelEdit = ReturnType<typeof useLevel>;

export function useLevel(run: RunStore, field: LevelField) {
  const { board } = field;
  const { history, setHistory, alter, ...steps } = useHistory(editedIn(run, field.key), () =>
    initial(run, field),
  );
  const { present } = history;
  const latest = useRef(history);
  latest.current = history;
  const stroke = useStroke(board, latest, setHistory);
  const values = useMemo(() => valuesFor(field, present), [field, present]);
  const verdict = useVerdict(run, field.key, values);
  const put = (next: Level): void => alter(() => next);
  const size = (side: { readonly width?: number; readonly height?: number }): void =>
    alter((level) => {
      const { width = level.rows[0].length, height = level.rows.length } = side;
      return resize(board, level, width, height);
    });
  return {
    board,
    level: present,
    verdict,
    ...steps,
    put,
    size,
    stroke,
    /** The first proposal that the world takes, else the emptiest. */
    async random(): Promise<void> {
      const rng = rngStreams(crypto.getRandomValues(new Uint32Array(1))[0])('level');
      const { rows } = latest.current.present;
      for (let k = 0; k <= PROPOSALS; k++) {
        const next = propose(board, [rows[0].length, rows.length], rng, k);
        if (k < PROPOSALS && (await problemOf(run, field.key, valuesFor(field, next))) !== undefined)
          continue;
        return put(next);
      }
    },
  };
}

/** The level that the form shows, or the world's own where that is none. */
function initial(run: RunStore, { key, board, default: standard }: LevelField): Level {
  for (const value of [run.form.shown('world', key), standard]) {
    const level = readLevel(board, value);
    if (typeof level !== 'string') return level;
  }
  const free = board.letters[0].letter.repeat(board.min);
  return { rows: Array.from({ length: board.min }, () => free), entries: [] };
}

/** The values that make a world play this level: the level, and the choice beside which it has an effect. */
export function valuesFor({ key, when, board }: LevelField, level: Level): Readonly<Record<string, unknown>> {
  const choice = when && when !== 'never' && 'is' in when ? { [when.field]: when.is[0] } : {};
  return { ...choice, [key]: levelValue(board, level) };
}

/** Painting as one change per stroke, however many cells it crosses. */
function useStroke(
  board: BoardFormat,
  latest: { readonly current: History<Level> },
  setHistory: (history: History<Level>) => void,
) {
  return useMemo(() => {
    let changed = false;
    let from: readonly [number, number] | undefined;
    const show = (next: Level, holder: { current: History<Level> }): void => {
      const before = holder.current;
      if (next === before.present) return;
      const history = changed ? { ...before, present: next } : change(before, next);
      changed = true;
      holder.current = history;
      setHistory(history);
    };
    return {
      begin(): void {
        changed = false;
      },
      /** Paints a cell; of what leads somewhere, the second cell is where. */
      at(tool: Tool, x: number, y: number): void {
        const { present } = latest.current;
        const leads = tool.kind === 'thing' && tool.thing.leads === true;
        if (!leads) from = undefined;
        if (leads && from && (from[0] !== x || from[1] !== y))
          return show(lead(present, from[0], from[1], [x, y]), latest);
        if (leads) from = [x, y];
        show(paint(board, present, tool, x, y), latest);
      },
      end(): void {
        const [x, y] = from ?? [0, 0];
        const open = latest.current.present.entries.some(
          (entry) => entry.x === x && entry.y === y && entry.value['toX'] === x && entry.value['toY'] === y,
        );
        if (!open) from = undefined;
      },
    };
  }, [board, latest, setHistory]);
}
