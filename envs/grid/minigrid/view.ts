/**
 * What a MiniGrid agent sees: the 7 × 7 cells ahead of it, rotated so that it looks up, and nothing behind
 * walls. Which cells of a row are visible depends only on those that light reaches and those that block it,
 * so a table holds the answer for every row.
 */
import { blocksSight, EMPTY, typeOf, hueOf, stateOf } from './cells.ts';
import { DX, DY, type Slot } from './slot.ts';

/** Side of the view; the agent stands in the middle of its last row. */
export const VIEW = 7;
const HALF = 3;
const ROW = 127;

/**
 * [reached · 128 + blocking] two sets of a row's cells, seven bits each: those seen (low bits), and those of
 * the next row that light reaches from them (high bits). Minigrid's `process_vis`, one sweep to the right and
 * one back, precomputed for every possible row.
 */
const sweep = Uint16Array.from({ length: 1 << 14 }, (_, index) => {
  const blocking = index & ROW;
  let seen = index >> 7;
  let ahead = 0;
  for (let i = 0; i < VIEW - 1; i++)
    if ((seen >> i) & 1 & ~(blocking >> i)) {
      seen |= 2 << i;
      ahead |= 3 << i;
    }
  for (let i = VIEW - 1; i > 0; i--)
    if ((seen >> i) & 1 & ~(blocking >> i)) {
      seen |= 1 << (i - 1);
      ahead |= 3 << (i - 1);
    }
  return (ahead << 7) | seen;
});

/** [code] 1 for the cells that block sight. */
const blocks = Uint8Array.from({ length: 1 << 9 }, (_, code) => (blocksSight(code) ? 1 : 0));

/**
 * Writes the view's type, colour and state into channels 0 … 2 of [7, 7, channels], in the reference's order:
 * first the column from left to right, then the row from far to near. `into` must hold zeros there: what is
 * not seen is not written. The agent's own cell shows what it carries.
 */
export function observeView(
  slot: Slot,
  seeThrough: boolean,
  channels: number,
  into: Float32Array,
  offset: number,
): void {
  const { s, i, stride } = slot;
  const d = s.direction[i];
  const grid = s.grid;
  const right = -DY[d] + DX[d] * stride;
  const ahead = DX[d] + DY[d] * stride;
  const column = VIEW * channels;
  let start = slot.origin + s.y[i] * stride + s.x[i] - HALF * right;
  let reached = seeThrough ? ROW : 1 << HALF;
  // Rows that no light reaches stay zero, and so do all behind them.
  for (let j = VIEW - 1; j >= 0 && reached !== 0; j--, start += ahead) {
    let seen = ROW;
    if (!seeThrough) {
      let blocking = 0;
      for (let k = 0, at = start; k < VIEW; k++, at += right) blocking |= blocks[grid[at] & 511] << k;
      const row = sweep[reached * 128 + blocking];
      seen = row & ROW;
      reached = row >> 7;
    }
    let at = start;
    let to = offset + j * channels;
    for (; seen !== 0; seen >>= 1, at += right, to += column) {
      if ((seen & 1) === 0) continue;
      const code = grid[at];
      into[to] = typeOf(code);
      into[to + 1] = hueOf(code);
      into[to + 2] = stateOf(code);
    }
  }
  const own = s.carrying[i] || EMPTY;
  const to = offset + HALF * column + (VIEW - 1) * channels;
  into[to] = typeOf(own);
  into[to + 1] = hueOf(own);
  into[to + 2] = stateOf(own);
}
