/** What commands print: aligned tables for people, JSON lines for programs. */

/** Whether to write JSON lines: on request, and wherever the output is not a terminal. */
export function wantsJson(asked: true | undefined): boolean {
  return asked || !process.stdout.isTTY;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Prints text for reading, with lines no longer than the terminal is wide: it would break words. */
export function printText(text: string): void {
  const { isTTY, columns } = process.stdout;
  printLine(isTTY && columns > 0 ? fold(text, columns) : text);
}

/** Characters of a last column in which text is still readable. */
const NARROW = 24;
/** Indentation of a last column that does not fit beside the others. */
const BELOW = 6;

/** Text with its long lines broken between words, and continued in the last column of a table. */
export function fold(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => foldLine(line, width))
    .join('\n');
}

function foldLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const before = /^.*\S {2,}(?=\S)/.exec(line)?.[0] ?? '';
  const column = before.length;
  if (column <= width - NARROW) return foldWords(line, width, column);
  const below = ' '.repeat(BELOW) + line.slice(column);
  return [...foldWords(before.trimEnd(), width, BELOW), ...foldWords(below, width, BELOW)];
}

/** Words longer than a line stay whole. */
function foldWords(line: string, width: number, indent: number): readonly string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const start = rest.search(/\S/) + 1;
    const near = rest.lastIndexOf(' ', width);
    const at = near > Math.max(start, lines.length === 0 ? 0 : indent) ? near : rest.indexOf(' ', start);
    if (at === -1) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = ' '.repeat(indent) + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** The command as its user has typed it, by what npm tells the programs that it starts: in the project, by npx, or installed. */
export function ludusCommand(): string {
  switch (process.env['npm_lifecycle_event']) {
    case 'ludus':
    case 'bench':
      return 'npm run ludus --';
    case 'npx':
      return 'npx ludus';
    default:
      return 'ludus';
  }
}

/** The examples at the end of a command's help, as they are typed. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${ludusCommand()} ${line}`)].join('\n');
}

/** Rows under a header in aligned columns; `right` lists the columns to align right. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** 1234567 → `1.23 M`: three significant digits. */
export function formatAmount(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toPrecision(3)} G`;
  if (size >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  if (size >= 1e4) return `${(value / 1e3).toPrecision(3)} k`;
  return size >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
}

/** A return or a metric: two to four decimals, none for whole numbers. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 1 ? 4 : 2);
}

/** 0.98765 → `98.77 %`. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** 3725 s → `1 h 02 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
