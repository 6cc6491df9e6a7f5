/** A table of the user's own: numeric columns are features, one column is the class or the number to predict. */
import Papa from 'papaparse';
import { z } from 'zod';
import { choice, json } from '#core/config.ts';
import { defineFiles, type DataContent, type GivenFile } from '#core/data-set.ts';
import { show } from '#core/errors.ts';
import { known } from '#core/near.ts';
import { rngStreams } from '#core/rng.ts';
import { UNKNOWN } from './attributions.ts';
import { splitRows, splitRowsByClass, takeRows } from './examples.ts';
import { dataSeed, testShare } from './fields.ts';
import { fileError, looksLike } from './file-error.ts';
import { isGzip } from './gunzip.ts';

const MOST_BYTES = 2 ** 27;
/** Whole numbers of so few different values are taken for classes. */
const MOST_CLASSES = 20;

const table = z.object({
  target: json(z.union([z.string(), z.number()]).transform(String), {
    label: 'Target',
    help: 'The column to predict, by name or by number from 1; the last one if empty.',
    default: '',
    expected: 'the name or the number of a column',
  }),
  header: choice({
    label: 'Header',
    help: 'Whether the first row names the columns; auto looks for a column of numbers that begins with a text.',
    options: ['auto', 'yes', 'no'],
    default: 'auto',
  }),
  task: choice({
    label: 'Task',
    help: `Whether to predict classes or numbers; auto takes texts and up to ${MOST_CLASSES} different whole numbers for classes.`,
    options: ['auto', 'classes', 'regression'],
    default: 'auto',
  }),
  testShare,
  seed: dataSeed,
});

type Config = z.output<typeof table>;

export const csv = defineFiles(
  {
    id: 'csv',
    title: 'Table from a file',
    summary:
      'A CSV file: its numeric columns are the features, one column is the class or the number to predict.',
    attribution: UNKNOWN,
    shipped: [],
    takes: 'a CSV file',
    config: table,
  },
  async (config, { given }) => {
    const files = given.filter(({ incidental, name }) => !incidental || /\.(csv|tsv|txt)$/i.test(name));
    if (files.length !== 1) throw fileError('files', 'one CSV file', `${files.length} files`);
    return contentOf(await readTable(files[0], config), config);
  },
);

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
}

interface Table {
  readonly file: string;
  /** In words. */
  readonly separator: string;
  /** Of each row of data, the line of the file, from 1, in which it begins. */
  readonly lines: readonly number[];
  readonly columns: readonly Column[];
}

async function readTable(file: GivenFile, { header }: Config): Promise<Table> {
  const { name, bytes } = file;
  if (bytes > MOST_BYTES) throw fileError(name, `at most ${MOST_BYTES} bytes`, `${bytes}`);
  const { rows, lines, separator } = rowsOf(textOf(await file.read(), name), name);
  const isNamed = header === 'yes' || (header === 'auto' && hasHeader(rows));
  const first = isNamed ? 1 : 0;
  const cells = rows.slice(first);
  if (cells.length < 2) throw fileError(name, 'two rows of data at least', `${cells.length}`);
  const columns = rows[0].map((cell, k) => ({
    name: isNamed && cell !== '' ? cell : `column ${k + 1}`,
    cells: cells.map((row) => row[k]),
  }));
  return { file: name, separator, lines: lines.slice(first), columns };
}

function textOf(content: Uint8Array, name: string): string {
  const found = looksLike(content);
  const isText = content.length > 0 && !isGzip(content) && !found.startsWith('a ');
  try {
    if (isText) return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    // Said below.
  }
  throw fileError(name, 'a CSV file in UTF-8', found);
}

interface Rows {
  /** Trimmed cells; every row has as many as the first. */
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly separator: string;
}

function rowsOf(text: string, name: string): Rows {
  // Detected without empty lines, which are read afterwards for the numbers of those that follow. A table of one column has
  // no delimiter to detect, which is no fault of the file.
  const { delimiter } = Papa.parse(text, { skipEmptyLines: 'greedy', preview: 1 }).meta;
  const { data, errors } = Papa.parse<string[]>(text, { delimiter });
  const lines = linesOf(data);
  const error = errors.find(({ type }) => type === 'Quotes');
  if (error) throw fileError(name, 'a CSV file', `${error.message} (line ${lines[error.row ?? 0]})`);
  const filled = [...data.keys()].filter((k) => data[k].some((cell) => cell.trim() !== ''));
  const rows = filled.map((k) => data[k].map((cell) => cell.trim()));
  if (rows.length === 0) throw fileError(name, 'a CSV file', 'no rows');
  const separator = SEPARATORS[delimiter] ?? show(delimiter);
  const uneven = rows.findIndex((row) => row.length !== rows[0].length);
  if (uneven >= 0) {
    const columns = rows[0].length === 1 ? '1 column' : `${rows[0].length} columns`;
    const where = `line ${lines[filled[uneven]]}, as in line ${lines[filled[0]]}, separated by ${separator}`;
    throw fileError(name, `${columns} in ${where}`, `${rows[uneven].length}`);
  }
  return { rows, lines: filled.map((k) => lines[k]), separator };
}

/** Separators by their names where there is nothing to see of them. */
const SEPARATORS: Readonly<Record<string, string>> = {
  '\t': 'a tab',
  '\u{1e}': 'a record separator',
  '\u{1f}': 'a unit separator',
};

/** The line, from 1, in which each row begins: quoted cells may hold several. */
function linesOf(rows: readonly (readonly string[])[]): readonly number[] {
  let line = 1;
  return rows.map((row) => {
    const first = line;
    line += row.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 1);
    return first;
  });
}

function hasHeader([first, ...rest]: readonly (readonly string[])[]): boolean {
  return first.some((cell, k) => !isNumber(cell) && rest.length > 0 && rest.every((row) => isNumber(row[k])));
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

function contentOf(data: Table, config: Config): DataContent {
  const target = targetOf(data, config.target);
  const features = data.columns.filter((column) => column !== target && isNumeric(column, data));
  if (features.length === 0) {
    const got = data.columns.length === 1 ? `a single column, with ${data.separator} as separator` : 'none';
    throw fileError(data.file, 'a numeric column beside the target', got);
  }
  const count = target.cells.length;
  const width = features.length;
  const inputs = new Float32Array(count * width);
  for (let j = 0; j < width; j++)
    for (let k = 0; k < count; k++) inputs[k * width + j] = Number(features[j].cells[k]);
  const areClasses = config.task === 'classes' || (config.task === 'auto' && lookLikeClasses(target.cells));
  const { task, targets } = areClasses ? classesOf(target, data) : numbersOf(target, data);
  const rng = rngStreams(config.seed)('data/split');
  const sides = areClasses
    ? splitRowsByClass(targets, 1 - config.testShare, rng)
    : splitRows(count, 1 - config.testShare, rng);
  const [train, test] = sides;
  if (test.length === 0) throw fileError(data.file, 'two rows of a class at least', 'one of each');
  const all = { count, shape: [width], inputs, targets };
  return {
    task,
    features: features.map(({ name }) => name),
    train: takeRows(all, train),
    test: takeRows(all, test),
  };
}

type Target = Pick<DataContent, 'task'> & { readonly targets: Int32Array | Float32Array };

function lookLikeClasses(cells: readonly string[]): boolean {
  const values = [...new Set(cells)];
  return (
    values.some((cell) => !isNumber(cell)) ||
    (values.length <= MOST_CLASSES && values.every((cell) => Number.isInteger(Number(cell))))
  );
}

/** Classes in the order of their numbers, or of the alphabet. */
function classesOf({ name, cells }: Column, { file }: Table): Target {
  const values = [...new Set(cells)];
  const names = values.every(isNumber) ? values.toSorted((a, b) => Number(a) - Number(b)) : values.toSorted();
  if (names.includes('')) throw fileError(file, `a class in every row of ${show(name)}`, 'an empty cell');
  if (names.length < 2) throw fileError(file, `two classes at least in ${show(name)}`, show(names[0]));
  const index = new Map(names.map((name, k) => [name, k]));
  return {
    task: { kind: 'classes', names },
    targets: Int32Array.from(cells, (cell) => index.get(cell) ?? 0),
  };
}

function numbersOf(target: Column, data: Table): Target {
  refuseTexts(target, data);
  return {
    task: { kind: 'regression', names: [target.name] },
    targets: Float32Array.from(target.cells, Number),
  };
}

function targetOf({ file, columns }: Table, target: string): Column {
  if (target === '') return columns[columns.length - 1];
  const found = columns.find(({ name }) => name === target) ?? columns[Number(target) - 1];
  if (found) return found;
  const names = columns.map(({ name }) => name);
  throw fileError(`${file}.target`, known(target, names), show(target));
}

/** Whether a column holds numbers. One that does, but for some cells, is a mistake to be told, not to be left out. */
function isNumeric(column: Column, data: Table): boolean {
  if (!column.cells.some(isNumber)) return false;
  refuseTexts(column, data);
  return true;
}

function refuseTexts({ name, cells }: Column, { file, lines }: Table): void {
  const wrong = cells.findIndex((cell) => !isNumber(cell));
  if (wrong < 0) return;
  const got = cells[wrong] === '' ? 'an empty cell' : show(cells[wrong]);
  throw fileError(file, `a number in line ${lines[wrong]} of ${show(name)}`, got);
}
