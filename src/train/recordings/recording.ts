/**
 * Recorded play as a text: a header line that says which world, then a line per episode with its actions. Observations are
 * not kept: the world is deterministic, so playing the actions again gives them (see playback.ts).
 */
import { z } from 'zod';
import { parseConfig } from '#core/config.ts';
import { actionSize, type ActionSpec, type EnvKernel } from '#core/env.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { resolveWorld } from '../world/setup.ts';
import { wrapperTable, type Wrappers } from '../catalogue/wrappers.ts';

/** Raised when files of before cannot be read any more. */
const FORMAT = 1;

/** Which world was played, with every value written out. */
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

/** How an episode ended; `cut`: it did not, the player left or began anew. */
export const ENDS = ['terminated', 'truncated', 'cut'] as const;

export interface RecordedEpisode {
  /** An agent's id, or `human`. */
  readonly player: string;
  /** The four words of the world's random stream as its reset found them: with the actions, the whole episode … */
  readonly start: readonly number[];
  /** … but for what a reset leaves as it was, by column: sticky actions repeat the one before the reset too. */
  readonly carried?: Readonly<Record<string, readonly number[]>>;
  /** Undiscounted, under the header's reward weights. */
  readonly return: number;
  readonly end: (typeof ENDS)[number];
  /** An index per step, or the numbers of a box's action one step after the other. */
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

/** Steps of an episode of this world. */
export function episodeSteps(
  { actions }: RecordedEpisode,
  { action }: Pick<EnvKernel['spec'], 'action'>,
): number {
  return action.kind === 'discrete' ? actions.length : actions.length / action.low.length;
}

/** Steps of all episodes. */
export function recordedSteps({ episodes }: Recording, spec: Pick<EnvKernel['spec'], 'action'>): number {
  return episodes.reduce((sum, episode) => sum + episodeSteps(episode, spec), 0);
}

/** The header of play in this world. */
export function recordingHeader(
  kernel: EnvKernel,
  { params, rewards, wrappers }: Pick<RecordingHeader, 'params' | 'rewards' | 'wrappers'>,
): RecordingHeader {
  const { id: world, version } = kernel.spec;
  return { kind: 'ludus-recording', format: FORMAT, world, version, params, rewards, wrappers };
}

/** A header or an episode as its line, with the end of the line. */
export function recordingLine(part: RecordingHeader | RecordedEpisode): string {
  return `${JSON.stringify(part)}\n`;
}

/**
 * Reads a recording. Throws an `InputError` that names the line and the field: a text that is empty or cut off, another
 * format, a world or version that is not there, a parameter or action that the world does not have.
 */
export function parseRecording(text: string): Recording {
  if (text.trim() === '') throw wrong('recording', 'a header and its episodes', 'an empty file');
  const lines = text.split('\n');
  if (lines.pop() !== '')
    throw wrong(`recording.line ${lines.length + 1}`, 'a whole line', 'one that is cut off');
  const { header, action } = parseHeader(lines[0]);
  const recording = {
    header,
    episodes: lines.slice(1).map((line, k) => parseEpisode(line, k + 2, action)),
  };
  read.add(recording);
  return recording;
}

/** What this file has read itself: the same object need not be read again, which takes long for a long one. */
const read = new WeakSet<Recording>();

/** The same from plain data, such as a checkpoint holds. */
export function checkRecording(given: unknown): Recording {
  if (read.has(given as Recording)) return given as Recording;
  const shape = z.strictObject({ header: z.unknown(), episodes: z.array(z.unknown()) }).safeParse(given);
  if (!shape.success) throw wrong('recording', 'a header and its episodes', show(given));
  const { header, episodes } = shape.data;
  return parseRecording([header, ...episodes].map((part) => `${JSON.stringify(part)}\n`).join(''));
}

/** The world of a header, as it was played. Throws an `InputError` where it is not there or has changed since. */
export function recordedWorld(header: RecordingHeader): ReturnType<typeof resolveWorld> {
  const { world, params, rewards, version } = header;
  const setup = resolveWorld({ world, params, rewards });
  if (setup.kernel.spec.version === version) return setup;
  const expected = `${world} version ${setup.kernel.spec.version}`;
  throw wrong('recording.version', expected, `version ${version}, whose rules were different`);
}

/** In what two headers differ: their episodes cannot stand in one recording. */
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
  const raw = parseJson(line, 'recording.line 1');
  const given = headerSchema.safeParse(raw);
  if (!given.success) {
    const [issue] = given.error.issues;
    const at = ['recording', ...issue.path.map(String)].join('.');
    throw wrong(at, "a recording's header (the first line of what --record writes)", issue.message);
  }
  const { format } = given.data;
  if (format !== FORMAT)
    throw wrong('recording.format', `format ${FORMAT}`, `format ${format}, made by another version`);
  const wrappers = parseConfig(wrapperTable, given.data.wrappers, 'wrap');
  const header: RecordingHeader = { ...given.data, format: FORMAT, wrappers };
  const { params, rewards, kernel } = recordedWorld(header);
  return { header: { ...header, params, rewards }, action: kernel.spec.action };
}

function parseEpisode(line: string, number: number, action: ActionSpec): RecordedEpisode {
  const where = `recording.line ${number}`;
  const given = episodeSchema.safeParse(parseJson(line, where));
  if (!given.success) {
    const [issue] = given.error.issues;
    throw wrong([where, ...issue.path.map(String)].join('.'), 'an episode', issue.message);
  }
  const { actions } = given.data;
  const problem = actionProblem(actions, action);
  if (problem) throw wrong(`${where}.actions${problem.field}`, problem.expected, problem.got);
  return given.data;
}

/** The first action that the world does not have. */
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
  // Actions are 32-bit numbers, and so are the edges that they were cut off at.
  const [low, high] = [action.low, action.high].map((edge) => edge.map(Math.fround));
  const at = actions.findIndex((x, k) => !(x >= low[k % dims] && x <= high[k % dims]));
  if (at < 0) return undefined;
  const range = `a number from ${low[at % dims]} to ${high[at % dims]}`;
  return { field: `.${at}`, expected: range, got: show(actions[at]) };
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw wrong(where, 'JSON', show(line));
  }
}

function wrong(field: string, expected: string, got: string): InputError {
  return new InputError([{ field, expected, got }]);
}
