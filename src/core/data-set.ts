/**
 * The contract of data sets: examples as struct-of-arrays, split into those to learn from and those to test on, and the
 * definitions that generate them or read them from files.
 */
import type { z } from 'zod';
import { refusal, show } from './errors.ts';
import { known } from './near.ts';
import type { Saves } from './snapshot.ts';

/** What is to be predicted: one of several classes, or one or several numbers. */
export type Task =
  | { readonly kind: 'classes'; readonly names: readonly string[] }
  | { readonly kind: 'regression'; readonly names: readonly string[] };

export interface Examples {
  readonly count: number;
  /** Of one input: [height, width, channels] for pictures, else [features]. */
  readonly shape: readonly number[];
  /** [count × shape]. Bytes are pictures and stand for byte / 255; other numbers are as they are. */
  readonly inputs: Uint8Array | Float32Array;
  /** [count] indices of classes, or [count × names] numbers to predict. */
  readonly targets: Int32Array | Float32Array;
}

/** What every data set says of itself. */
interface About {
  readonly id: string;
  readonly title: string;
  /** One or two sentences for the picker. */
  readonly summary: string;
  readonly attribution: Attribution;
}

/** The data themselves. */
export interface DataContent {
  readonly task: Task;
  readonly train: Examples;
  readonly test: Examples;
  /** Names of the features; absent for pictures. */
  readonly features?: readonly string[];
}

export type DataSet = About & DataContent;

/** Whose work the data are, and on what terms they may be passed on. */
export interface Attribution {
  readonly text: string;
  readonly licence: string;
  /** Where they were published. */
  readonly url: string;
}

/** A file that comes with the project; its content is known. */
export interface ShippedFile {
  readonly name: string;
  /** Length and CRC-32 of the uncompressed content. */
  readonly bytes: number;
  readonly crc32: number;
}

/** A file that the user chose; nothing is read until it is asked for. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: number;
  /** It was found in a folder that the user chose, and is passed over if it is something else. */
  readonly incidental?: boolean;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

/** Where a definition finds its files. */
export interface DataSource {
  readonly given: readonly GivenFile[];
  /** Contents of shipped files in their order, checked against length and CRC-32. */
  shipped(files: readonly ShippedFile[]): Promise<readonly Uint8Array<ArrayBuffer>[]>;
}

/** Data that follow from their settings alone, at once; the same settings give the same bits. */
export interface GeneratedDefinition<C extends z.ZodObject = z.ZodObject> extends About {
  readonly kind: 'generated';
  readonly config: C;
  load(config: z.output<C>): DataSet;
}

/** Data from files. Whatever is wrong with one is an `InputError` whose field is the file's name. */
export interface FilesDefinition<C extends z.ZodObject = z.ZodObject> extends About {
  readonly kind: 'files';
  readonly config: C;
  /** The files of ours that it reads. None: the user has to give files. */
  readonly shipped: readonly ShippedFile[];
  /** Files that the user gives, in words for a picker and for errors; absent if it takes none. */
  readonly takes?: string;
  load(config: z.output<C>, source: DataSource): Promise<DataSet>;
}

export type DataSetDefinition = GeneratedDefinition | FilesDefinition;

/** Ties a definition's table to its function, then forgets the type parameter. */
export function defineGenerated<C extends z.ZodObject>(
  about: About & { readonly config: C },
  generate: (config: z.output<C>) => DataContent,
): GeneratedDefinition {
  const { config, ...rest } = about;
  const load = (values: z.output<C>): DataSet => ({ ...rest, ...generate(values) });
  return { kind: 'generated', ...rest, config, load };
}

/** The same for data from files. */
export function defineFiles<C extends z.ZodObject>(
  about: Omit<FilesDefinition<C>, 'kind' | 'load'>,
  read: (config: z.output<C>, source: DataSource) => Promise<DataContent>,
): FilesDefinition {
  const { id, title, summary, attribution } = about;
  const load = async (values: z.output<C>, source: DataSource): Promise<DataSet> => ({
    id,
    title,
    summary,
    attribution,
    ...(await read(values, source)),
  });
  return { kind: 'files', ...about, load };
}

/** Examples to learn from, batch by batch; each epoch goes over them once in an order of its own. */
export interface BatchSource extends Saves {
  readonly batchSize: number;
  /** Batches of an epoch; what does not fill one is left out. */
  readonly perEpoch: number;
  /** The epoch of the next batch, from 0. */
  readonly epoch: number;
  /**
   * Writes the next batch: inputs [batchSize × shape] as a model sees them; targets [batchSize] class indices into an
   * `Int32Array`, else [batchSize × outputs] numbers, which are one-hot for classes.
   */
  next(inputs: Float32Array, targets: Int32Array | Float32Array): void;
}

/** The definition with this id; else an `InputError` that suggests similar ones. */
export function findDataSet(
  list: readonly DataSetDefinition[],
  id: string,
  field = 'data',
): DataSetDefinition {
  const found = list.find((entry) => entry.id === id);
  if (found) return found;
  const ids = list.map((entry) => entry.id);
  throw refusal(field, known(id, ids), show(id));
}

/** Numbers of one input. */
export function inputSize({ shape }: Pick<Examples, 'shape'>): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Numbers that a model puts out: one per class, or one per number to predict. */
export function outputSize(task: Task): number {
  return task.names.length;
}

/** Throws unless the parts of a data set fit one another: a mistake of its author, since input is checked where it is read. */
export function checkDataSet({ id, task, train, test, features }: DataSet): void {
  for (const [part, { count, shape, inputs, targets }] of Object.entries({ train, test })) {
    const expect = (what: string, expected: number, got: number): void => {
      if (got !== expected) throw new Error(`${id}.${part}: expected ${expected} ${what}, got ${got}`);
    };
    expect('inputs', count * inputSize({ shape }), inputs.length);
    expect('targets', task.kind === 'classes' ? count : count * task.names.length, targets.length);
    if (features) expect('features', features.length, inputSize({ shape }));
    if (task.kind === 'classes' && targets.some((label) => !(label >= 0 && label < task.names.length)))
      throw new Error(`${id}.${part}: expected labels below ${task.names.length}`);
  }
}
