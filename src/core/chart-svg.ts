/** Draws a chart as SVG, without a browser: axes, levels, bands between low and high, means, and a legend. */

export interface DrawnLine {
  /** In the legend. */
  readonly says: string;
  /** Token of its colour. */
  readonly tone: string;
  /** Whether it is dashed. */
  readonly past: boolean;
  /** Whether low and high are drawn. */
  readonly band: boolean;
  readonly columns: readonly [x: Float64Array, low: Float64Array, high: Float64Array, mean: Float64Array];
}

export interface DrawnChart {
  readonly title: string;
  /** What the axes are of. */
  readonly x: string;
  readonly y: string;
  readonly logarithmic: boolean;
  readonly levels: readonly { readonly name: string; readonly value: number }[];
  readonly lines: readonly DrawnLine[];
  /** Numbers at the axes. */
  readonly count: (value: number) => string;
  readonly figure: (value: number) => string;
}

/** The value of a colour token. */
type Colours = (token: string) => string;

interface Size {
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 64, right: 20, top: 44, bottom: 46 };
/** About so many ticks per axis. */
const TICKS = 6;
/** Height of a row of the legend. */
const ROW = 17;

type Scale = (value: number) => number;

export function chartSvg(chart: DrawnChart, colours: Colours, size: Size): string {
  const { lines, levels, logarithmic, count, figure } = chart;
  const drawn = logarithmic ? lines.map(above) : lines;
  const right = drawn.reduce((end, { columns: [x] }) => Math.max(end, x.at(-1) ?? 0), 0) || 1;
  const [low, high] = span(drawn, logarithmic ? [] : levels.map(({ value }) => value), logarithmic);
  const x: Scale = (value) => MARGIN.left + (value / right) * (size.width - MARGIN.left - MARGIN.right);
  const part: Scale = logarithmic
    ? (value) => Math.log(value / low) / Math.log(high / low)
    : (value) => (value - low) / (high - low);
  const y: Scale = (value) =>
    size.height - MARGIN.bottom - part(value) * (size.height - MARGIN.top - MARGIN.bottom);
  const yTicks = logarithmic ? powersBetween(low, high) : ticks(low, high);
  const named = legend(drawn, size.width, colours);
  const plot = [
    ...yTicks.map((tick) => horizontal(tick, figure(tick), y, size, colours)),
    ...ticks(0, right).map((tick) => vertical(tick, count(tick), x, size, colours)),
    ...(logarithmic
      ? []
      : levels.map((level) =>
          levelLine(`${level.name} ${figure(level.value)}`, level.value, y, size, colours),
        )),
    ...drawn.filter((line) => line.band).map((line) => band(line, x, y, colours(line.tone))),
    ...drawn.map((line) => meanLine(line, x, y, colours(line.tone))),
    label(size.width / 2, size.height - 10, chart.x, colours('ink'), 'middle'),
  ];
  const body = [
    `<rect width="100%" height="100%" fill="${colours('back')}"/>`,
    label(MARGIN.left, 18, `${chart.title} (${chart.y})`, colours('ink'), 'start'),
    named.entries.join(''),
    `<g transform="translate(0,${named.more})">`,
    ...plot,
    '</g>',
  ];
  const { width } = size;
  const height = size.height + named.more;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">\n${body.join('\n')}\n</svg>\n`;
}

/** The line where it is above zero. */
function above(line: DrawnLine): DrawnLine {
  const at = Array.from(line.columns[1], (_, i) => i).filter((i) => line.columns[1][i] > 0);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(at, (i) => column[i]);
  const [x, low, high, mean] = line.columns;
  return { ...line, columns: [pick(x), pick(low), pick(high), pick(mean)] };
}

/** Lowest and highest value, with some room. */
function span(
  lines: readonly DrawnLine[],
  levels: readonly number[],
  logarithmic: boolean,
): [number, number] {
  let [low, high] = [Math.min(Infinity, ...levels), Math.max(-Infinity, ...levels)];
  for (const { columns } of lines)
    for (const column of columns.slice(1))
      for (const value of column) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) return logarithmic ? [0.1, 1] : [0, 1];
  if (logarithmic) return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high * 1.0001))];
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

/** Round numbers between two values: multiples of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number): readonly number[] {
  const raw = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5].find((times) => times * power >= raw) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

function powersBetween(low: number, high: number): readonly number[] {
  const first = Math.round(Math.log10(low));
  return Array.from({ length: Math.round(Math.log10(high)) - first + 1 }, (_, i) => 10 ** (first + i));
}

function horizontal(tick: number, text: string, y: Scale, { width }: Size, colours: Colours): string {
  const at = fixed(y(tick));
  return `<line x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${at}" y2="${at}" stroke="${colours('line')}"/>${label(MARGIN.left - 8, y(tick) + 4, text, colours('faint'), 'end')}`;
}

function vertical(tick: number, text: string, x: Scale, { height }: Size, colours: Colours): string {
  const at = fixed(x(tick));
  const bottom = height - MARGIN.bottom;
  return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${bottom}" stroke="${colours('line')}"/>${label(x(tick), bottom + 17, text, colours('faint'), 'middle')}`;
}

function levelLine(says: string, value: number, y: Scale, { width }: Size, colours: Colours): string {
  const at = fixed(y(value));
  const right = width - MARGIN.right;
  return `<line x1="${MARGIN.left}" x2="${right}" y1="${at}" y2="${at}" stroke="${colours('faint')}" stroke-dasharray="2 4"/>${label(right, y(value) - 4, says, colours('faint'), 'end')}`;
}

/** Columns between low and high, each from the point before it, as on the page. */
function band({ columns: [xs, lows, highs] }: DrawnLine, x: Scale, y: Scale, colour: string): string {
  const outline = (values: Float64Array): readonly string[] =>
    Array.from(xs, (value, i) => {
      const height = fixed(y(values[i]));
      return `${fixed(x(i === 0 ? 0 : xs[i - 1]))},${height} ${fixed(x(value))},${height}`;
    });
  const back = outline(lows)
    .toReversed()
    .map((pair) => pair.split(' ').toReversed().join(' '));
  return `<polygon points="${[...outline(highs), ...back].join(' ')}" fill="${colour}" fill-opacity="0.16"/>`;
}

function meanLine(line: DrawnLine, x: Scale, y: Scale, colour: string): string {
  const [xs, , , means] = line.columns;
  const points = Array.from(xs, (value, i) => `${fixed(x(value))},${fixed(y(means[i]))}`).join(' ');
  const dashes = line.past ? ' stroke-dasharray="6 4"' : '';
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.8"${dashes}/>`;
}

/** Entries in rows, and the height that rows after the first take. */
function legend(
  lines: readonly DrawnLine[],
  width: number,
  colours: Colours,
): { readonly entries: readonly string[]; readonly more: number } {
  let [x, row] = [MARGIN.left, 0];
  const entries = lines.map(({ says: text, tone }) => {
    // Characters of this size are about 6.4 pixels wide.
    const wide = text.length * 6.4 + 40;
    if (x > MARGIN.left && x + wide > width) [x, row] = [MARGIN.left, row + 1];
    const [at, y] = [x, 28 + row * ROW];
    x += wide;
    return `<rect x="${fixed(at)}" y="${y}" width="14" height="3" fill="${colours(tone)}"/>${label(at + 20, y + 5, text, colours('ink'), 'start')}`;
  });
  return { entries, more: row * ROW };
}

function label(x: number, y: number, text: string, colour: string, anchor: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${fixed(x)}" y="${fixed(y)}" fill="${colour}" text-anchor="${anchor}">${escaped}</text>`;
}

/** Two decimals are finer than any screen. */
function fixed(value: number): string {
  return String(Number(value.toFixed(2)));
}
