/**
 * A checkpoint as bytes: a gzipped file of arrays (src/core/array-file.ts), each named by its path in the snapshot. The rest
 * of the snapshot and the run's request are JSON in its metadata. The same in Node and in the browser.
 */
import {
  arrayFileLength,
  arrayFileParts,
  decodeArrayFile,
  isArrayFile,
  type FileLength,
} from '#core/array-file.ts';
import { InputError, refusal, show } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { checkShape } from '../request/shape.ts';
import { SUBJECT_KINDS, type FitSubject, type RunSubject, type Subject } from '../request/subject.ts';
import { asOfFormat4 } from './before-4.ts';
import { decodeFormat1, format1Length, isFormat1 } from './format-1.ts';
import { packTree, unpackTree } from './snapshot-tree.ts';
import { unzip } from './unzip.ts';

/** A saved run; `kind` says which of the two kinds of request it has. */
export type Checkpoint = RunCheckpoint | FitCheckpoint;

export type RunCheckpoint = RunSubject & Saved;
export type FitCheckpoint = FitSubject & Saved;

interface Saved {
  /** Progress in the run's unit. */
  readonly steps: number;
  /** Training steps that the run was asked for, with which it can be resumed; absent where its settings say how many. */
  readonly target?: number | undefined;
  /** From `TrainingRun.snapshot()`. */
  readonly state: Snapshot;
}

/**
 * Raised when earlier versions cannot read what is written now. Before 3, all requests were of agents on worlds; before 4, `auto`
 * stood for another network on pictures.
 */
const FORMAT = '4';
const EARLIER: ReadonlySet<string> = new Set(['2', '3']);
const FIELD = 'checkpoint';
const FORMAT_FIELD = `${FIELD}.format`;
/** First segment of every array's name. */
const STATE = 'state';

const text = {
  format: 'ludus.checkpoint',
  kind: 'ludus.kind',
  request: 'ludus.request',
  steps: 'ludus.steps',
  target: 'ludus.target',
  state: 'ludus.state',
} as const;

/** The file of a checkpoint. */
export async function encodeCheckpoint(checkpoint: Checkpoint): Promise<Uint8Array<ArrayBuffer>> {
  const { kind, request, steps, target, state } = checkpoint;
  const { json, arrays } = packTree(state, STATE);
  const metadata = {
    [text.format]: FORMAT,
    [text.kind]: kind,
    [text.request]: JSON.stringify(request),
    [text.steps]: String(steps),
    ...(target === undefined ? {} : { [text.target]: String(target) }),
    [text.state]: JSON.stringify(json),
  };
  const zipped = streamOf(arrayFileParts({ arrays, metadata })).pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

/** Bytes of one chunk: zipped while the next one waits. */
const CHUNK = 1 << 20;

/** The parts one after another, without a copy of them all as a Blob would be: replay buffers are large. */
function streamOf(parts: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  let [part, at] = [0, 0];
  return new ReadableStream({
    pull(controller) {
      while (part < parts.length && at >= parts[part].length) [part, at] = [part + 1, 0];
      if (part === parts.length) return controller.close();
      controller.enqueue(parts[part].subarray(at, at + CHUNK));
      at += CHUNK;
    },
  });
}

/** Reads a checkpoint. Throws an `InputError` if the file is something else, truncated, damaged or of a newer format. */
export async function decodeCheckpoint(file: Uint8Array<ArrayBuffer>): Promise<Checkpoint> {
  if (file.length < 2 || file[0] !== 0x1f || file[1] !== 0x8b) throw noCheckpoint('something else');
  const content = await unzip(file, lengthOf, FIELD);
  const read = isFormat1(content) ? decodeFormat1(content, FIELD) : decode(content);
  const { request, steps, target, state } = read;
  const kind = kindOf(read['kind']);
  checkShape(request, `${FIELD}.request`, kind);
  const subject = { kind, request } as Subject;
  return {
    ...(read['format'] === FORMAT ? subject : asOfFormat4(subject)),
    steps: stepsOf(steps, 'steps'),
    ...(target === undefined ? {} : { target: stepsOf(target, 'target') }),
    state: asRecord(state, `${FIELD}.${STATE}`) as Snapshot,
  };
}

/** How long content is that begins like this; whatever is no checkpoint's start is refused by it. */
function lengthOf(start: Uint8Array): FileLength {
  if (isFormat1(start)) return format1Length(start, FIELD);
  if (isArrayFile(start)) return arrayFileLength(start, FIELD);
  throw noCheckpoint('something else');
}

/** Reads the unzipped content of the current format. */
function decode(content: Uint8Array): Readonly<Record<string, unknown>> {
  if (!isArrayFile(content)) throw noCheckpoint('something else');
  const { arrays, metadata } = decodeArrayFile(content, FIELD, { checked: true });
  const format = metadata[text.format];
  if (format === undefined) throw noCheckpoint('something else: arrays without a run');
  if (format !== FORMAT && !EARLIER.has(format)) throw otherFormat(format);
  const parse = (name: string): unknown => parseJson(metadata[name] ?? '', `${FIELD}.${name}`);
  const json = parse(text.state);
  return {
    format,
    kind: metadata[text.kind],
    request: parse(text.request),
    steps: parse(text.steps),
    ...(metadata[text.target] === undefined ? {} : { target: parse(text.target) }),
    state: unpackTree({ json, arrays }, STATE, FIELD),
  };
}

function kindOf(value: unknown): Subject['kind'] {
  if (value === undefined) return 'run';
  const found = SUBJECT_KINDS.find((kind) => kind === value);
  if (found) return found;
  throw refusal(`${FIELD}.kind`, `one of ${SUBJECT_KINDS.join(', ')}`, show(value));
}

function stepsOf(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refusal(`${FIELD}.${name}`, 'a number of steps', show(value));
}

function otherFormat(format: string): InputError {
  const got = `format ${format}, which a newer version of Ludus wrote and can read`;
  return refusal(FORMAT_FIELD, `format ${FORMAT} or earlier`, got);
}

/** Whether a checkpoint was refused for the version that wrote it, and is not damaged. */
export function isOtherFormat(error: unknown): boolean {
  return error instanceof InputError && error.problems[0].field === FORMAT_FIELD;
}

function noCheckpoint(got: string): InputError {
  return refusal(FIELD, `a Ludus checkpoint of format ${FORMAT} or earlier`, got);
}
