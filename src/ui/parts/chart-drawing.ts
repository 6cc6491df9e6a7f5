/** What a chart draws itself on uPlot's canvas: points, bands, marks, and levels to compare with. */
import type uPlot from 'uplot';
import type { Mark } from '#worker/protocol.ts';
import type { Level } from '../state/levels.ts';
import { figure } from '../state/values.ts';
import type { Look } from './chart-looks.ts';
import type { Columns } from './chart-data.ts';

/** Single points as squares, merged ones as columns between their extremes: plain rectangles, which need no tessellation. */
export function drawPoints(plot: uPlot, [x, low, high, mean]: Columns, look: Look, joined: boolean): void {
  const { ctx, bbox } = plot;
  const at = (value: number, scale: string): number => Math.round(plot.valToPos(value, scale, true));
  const bottom = Math.round(bbox.top + bbox.height);
  const size = Math.round(3 * devicePixelRatio);
  ctx.save();
  ctx.fillStyle = joined ? look.band : look.dot;
  let from = Math.round(bbox.left);
  for (let i = 0; i < x.length; i++) {
    const to = at(x[i], 'x');
    const top = at(high[i], 'y') - (size >> 1);
    // On a logarithmic axis, nothing above zero has a place.
    const base = Number.isFinite(low[i]) ? at(low[i], 'y') + (size >> 1) : bottom;
    if (joined && Number.isFinite(top)) ctx.fillRect(from, top, to - from, Math.min(base, bottom) - top);
    else if (!joined) ctx.fillRect(to - (size >> 1), top, size, size);
    from = to;
  }
  // A single point makes no line.
  if (x.length === 1 && Number.isFinite(mean[0])) {
    ctx.fillStyle = look.line;
    ctx.beginPath();
    ctx.arc(at(x[0], 'x'), at(mean[0], 'y'), size, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** Changes as dashed vertical lines with a flag. */
export function drawMarks(
  plot: uPlot,
  marks: readonly Mark[],
  colour: string,
  place: (x: number) => number,
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { step } of marks) {
    const x = Math.round(plot.valToPos(place(step), 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillRect(x - 3 * devicePixelRatio, bbox.top, 6 * devicePixelRatio, 4 * devicePixelRatio);
  }
  ctx.restore();
}

/** Levels as dotted horizontal lines with their names, which no line strikes out. */
export function drawLevels(plot: uPlot, levels: readonly Level[], { ink, back }: Look): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const lines = levels.map(({ name, value }) => ({
    said: `${name} ${figure(value)}`,
    y: Math.round(plot.valToPos(value, 'y', true)) + 0.5,
  }));
  ctx.save();
  ctx.strokeStyle = ink;
  ctx.lineWidth = ratio;
  ctx.setLineDash([ratio, 3 * ratio]);
  for (const { y } of lines) {
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  ctx.fillStyle = ink;
  ctx.strokeStyle = back;
  ctx.lineWidth = 4 * ratio;
  ctx.font = `${10.5 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  const edge = bbox.left + bbox.width - 4 * ratio;
  let right = edge;
  for (const { said, y, side, beside } of labelled(lines, bbox.top, ratio)) {
    if (!beside) right = edge;
    ctx.textBaseline = side === 'below' ? 'top' : 'bottom';
    const baseline = y + (side === 'below' ? 3 : -2) * ratio;
    ctx.strokeText(said, right, baseline);
    ctx.fillText(said, right, baseline);
    right -= ctx.measureText(said).width + 14 * ratio;
  }
  ctx.restore();
}

interface LevelLine {
  readonly said: string;
  readonly y: number;
}

/** The name of a level: the line that it keeps to, on which side, and whether it is left of the name before. */
interface LevelLabel extends LevelLine {
  readonly side: 'above' | 'below';
  readonly beside: boolean;
}

/**
 * Places the names of levels, from the top. A name keeps to its own line. Lines too close for a name between them have theirs in
 * one row on the outside, from the right in their order: between them, each would seem to name the other one.
 */
export function labelled(lines: readonly LevelLine[], top: number, ratio: number): readonly LevelLabel[] {
  const sorted = lines.toSorted((a, b) => a.y - b.y);
  const labels: LevelLabel[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i + 1;
    while (end < sorted.length && sorted[end].y - sorted[end - 1].y < NAME * ratio) end++;
    const group = sorted.slice(i, end);
    const side = group[0].y - top < NAME * ratio ? 'below' : 'above';
    const y = (side === 'below' ? group.at(-1) : group[0])?.y ?? 0;
    const near = labels.at(-1);
    const meets = near !== undefined && y - near.y < 2 * NAME * ratio;
    for (const [k, { said }] of group.entries()) labels.push({ said, y, side, beside: k > 0 || meets });
    i = end;
  }
  return labels;
}

/** What a name takes of the height, in CSS pixels. */
const NAME = 16;
