/**
 * Recorded play as text: a header line that describes the world, then a line per episode with its actions. Observations are
 * not stored: the world is deterministic, so replaying the actions gives them again (see playback.ts).
 */
import { z } from 'zod';
import { parseConfig } from '#core/config.ts';
import { crc32, hexadecimal } from '#core/crc32.ts';
import { actionSize, type ActionSpec, type EnvKernel } from '#core/env.ts';
import { refusal, show, type Problem } from '#core/errors.ts';
import { parseJson } from '#core/json.ts';
import { resolveWorld } from '../world/setup.ts';
import { wrapperTable, type Wrappers } from '../catalogue/wrappers.ts';

/** Raised when earlier files can no longer be read. */
const FORMAT = 1;

/** The world that was played, with every value written out. */
export interface RecordingHeader {
  readonly kind: 'ludus-recording';
  readonly format: typeof FORMAT;
  readonly world: string;
  /** Of the world's rules. */
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly rewards: Readonly<Record<string, number>>;
  readonly wrappers: Wrappers;
}

/** How an episode ended; `cut`: the player left or started a new one. */
export const ENDS = ['terminated', 'truncated', 'cut'] as const;

export interface RecordedEpisode {
  /** An agent's id, or `human`. */
  readonly player: string;
  /** State of the world's random stream before the reset: four words. */
  readonly start: readonly number[];
  /** Columns that the reset left as they were, such as the last action, which a sticky action repeats. */
  readonly carried?: Readonly<Record<string, readonly number[]>>;
  /** Undiscounted, under the header's reward weights. */
  readonly return: number;
  readonly end: (typeof ENDS)[number];
  /** An index per step, or the numbers of a box action step by step. */
  readonly actions: readonly number[];
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly episodes: readonly RecordedEpisode[];
}

const headerSchema = z.strictObject({
  kind: z.literal('ludus-recording'),
  format: z.number(),
  world: z.string(),
  version: z.number(),
  params: z.record(z.string(), z.unknown()),
  rewards: z.record(z.string(), z.number()),
  wrappers: z.record(z.string(), z.unknown()),
});

const episodeSchema = z.strictObject({
  player: z.string(),
  start: z.array(z.int32()).length(4),
  carried: z.record(z.string(), z.array(z.number())).exactOptional(),
  return: z.number(),
  end: z.enum(ENDS),
  actions: z.array(z.number()).min(1),
});

/** Number of steps of an episode. */
export function episodeSteps(
  { actions }: RecordedEpisode,
  { action }: Pick<EnvKernel['spec'], 'action'>,
): number {
  return action.kind === 'discrete' ? actions.length : actions.length / action.low.length;
}

/** Number of steps of all episodes. */
export function recordedSteps({ episodes }: Recording, spec: Pick<EnvKernel['spec'], 'action'>): number {
  return episodes.reduce((sum, episode) => sum + episodeSteps(episode, spec), 0);
}

/** The header of a recording of this world. */
export function recordingHeader(
  kernel: EnvKernel,
  { params, rewards, wrappers }: Pick<RecordingHeader, 'params' | 'rewards' | 'wrappers'>,
): RecordingHeader {
  const { id: world, version } = kernel.spec;
  return { kind: 'ludus-recording', format: FORMAT, world, version, params, rewards, wrappers };
}

/** The last entry of a line: the CRC-32 of the line without it. Lines written until November 2026, and edited ones, have none. */
const CHECK = /,"check":"([^"]*)"\}$/;

/** A header or an episode as a line, line break included. */
export function recordingLine(part: RecordingHeader | RecordedEpisode): string {
  const json = JSON.stringify(part);
  return `${json.slice(0, -1)},"check":"${checkOf(json)}"}\n`;
}

/** A line without its check, if it has one. Throws an `InputError` if it does not come out. */
function checked(line: string, where: string): string {
  const found = CHECK.exec(line);
  if (!found) return line;
  const json = `${line.slice(0, found.index)}}`;
  if (found[1] === checkOf(json)) return json;
  const got = 'another: the line is damaged, or was edited without removing this entry';
  throw refusal(`${where}.check`, `a line with the CRC-32 ${show(found[1])}`, got);
}

function checkOf(json: string): string {
  return hexadecimal(crc32(new TextEncoder().encode(json)));
}

/** A recording as the text of its file. */
export function formatRecording({ header, episodes }: Recording): string {
  return [header, ...episodes].map(recordingLine).join('');
}

/**
 * Reads a recording. Throws an `InputError` that names the line and the field: empty or truncated text, another format, an
 * unknown world, version or parameter, or an action that the world does not have.
 */
export function parseRecording(text: string): Recording {
  if (text.trim() === '') throw refusal('recording', 'a header and its episodes', 'an empty file');
  const lines = text.split('\n');
  if (lines.pop() !== '')
    throw refusal(`recording.line ${lines.length + 1}`, 'a whole line', 'one that is cut off');
  const { header, action } = parseHeader(lines[0]);
  const recording = {
    header,
    episodes: lines.slice(1).map((line, k) => parseEpisode(line, k + 2, action)),
  };
  read.add(recording);
  return recording;
}

/** Recordings read by this module, so that the same object is not checked twice, which is slow for a long one. */
const read = new WeakSet<Recording>();

/** Reads a recording from plain data, such as a checkpoint holds. */
export function checkRecording(given: unknown): Recording {
  if (read.has(given as Recording)) return given as Recording;
  const shape = z.strictObject({ header: z.unknown(), episodes: z.array(z.unknown()) }).safeParse(given);
  if (!shape.success) throw refusal('recording', 'a header and its episodes', show(given));
  const { header, episodes } = shape.data;
  return parseRecording([header, ...episodes].map(lineOf).join(''));
}

/** A part of a recording that is plain data, whatever that is. */
function lineOf(part: unknown, index: number): string {
  try {
    return `${JSON.stringify(part)}\n`;
  } catch {
    throw refusal(`recording.line ${index + 1}`, 'JSON', show(part));
  }
}

/** The world of a header as it was played. Throws an `InputError` if it is unknown or has changed since. */
export function recordedWorld(header: RecordingHeader): ReturnType<typeof resolveWorld> {
  const { world, params, rewards, version } = header;
  const setup = resolveWorld({ world, params, rewards });
  if (setup.kernel.spec.version === version) return setup;
  const expected = `${world} version ${setup.kernel.spec.version}`;
  throw refusal('recording.version', expected, `version ${version}, which has different rules`);
}

/** The differences between two headers, which keep their episodes out of one recording. */
export function headerProblems(given: RecordingHeader, kept: RecordingHeader): readonly Problem[] {
  const flat = ({ world, version, params, rewards, wrappers }: RecordingHeader): Record<string, unknown> => ({
    'recording.world': world,
    'recording.version': version,
    ...under('world', params),
    ...under('reward', rewards),
    ...under('wrap', wrappers),
  });
  const [ours, theirs] = [flat(given), flat(kept)];
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])]
    .filter((field) => JSON.stringify(ours[field]) !== JSON.stringify(theirs[field]))
    .map((field) => ({ field, expected: `${show(theirs[field])}, as recorded`, got: show(ours[field]) }));
}

function under(prefix: string, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [`${prefix}.${key}`, value]));
}

function parseHeader(line: string): { readonly header: RecordingHeader; readonly action: ActionSpec } {
  const where = 'recording.line 1';
  const raw = parseJson(checked(line, where), where);
  const given = headerSchema.safeParse(raw);
  if (!given.success) {
    const [issue] = given.error.issues;
    const at = ['recording', ...issue.path.map(String)].join('.');
    throw refusal(at, "a recording's header (the first line of what --record writes)", issue.message);
  }
  const { format } = given.data;
  if (format !== FORMAT)
    throw refusal('recording.format', `format ${FORMAT}`, `format ${format}, made by another version`);
  const wrappers = parseConfig(wrapperTable, given.data.wrappers, 'wrap');
  const header: RecordingHeader = { ...given.data, format: FORMAT, wrappers };
  const { params, rewards, kernel } = recordedWorld(header);
  return { header: { ...header, params, rewards }, action: kernel.spec.action };
}

function parseEpisode(line: string, number: number, action: ActionSpec): RecordedEpisode {
  const where = `recording.line ${number}`;
  const given = episodeSchema.safeParse(parseJson(checked(line, where), where));
  if (!given.success) {
    const [issue] = given.error.issues;
    throw refusal([where, ...issue.path.map(String)].join('.'), 'an episode', issue.message);
  }
  const { actions } = given.data;
  const problem = actionProblem(actions, action);
  if (problem) throw refusal(`${where}.actions${problem.field}`, problem.expected, problem.got);
  return given.data;
}

/** The problem with the first action that the world does not have. */
function actionProblem(actions: readonly number[], action: ActionSpec): Problem | undefined {
  if (action.kind === 'discrete') {
    const most = action.names.length - 1;
    const at = actions.findIndex((index) => !Number.isInteger(index) || index < 0 || index > most);
    if (at < 0) return undefined;
    return { field: `.${at}`, expected: `an action from 0 to ${most}`, got: show(actions[at]) };
  }
  const dims = actionSize({ action } as EnvKernel['spec']);
  if (actions.length % dims !== 0)
    return { field: '', expected: `${dims} numbers per action`, got: `${actions.length} numbers` };
  // Actions are 32-bit floats, and so are the bounds to which they were clipped.
  const [low, high] = [action.low, action.high].map((edge) => edge.map(Math.fround));
  const at = actions.findIndex((x, k) => !(x >= low[k % dims] && x <= high[k % dims]));
  if (at < 0) return undefined;
  const range = `a number from ${low[at % dims]} to ${high[at % dims]}`;
  return { field: `.${at}`, expected: range, got: show(actions[at]) };
}
