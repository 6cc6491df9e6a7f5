/** Returns to compare a run with: random play, what is known of its world, and the user's own best. */
import { isRewardEdit } from '#core/shaping.ts';
import type { RunInfo } from '#worker/protocol.ts';
import type { PlayedRecording } from './human-play.ts';
import type { RunStore } from './run-store.ts';
import { PART, same } from './values.ts';

/** A horizontal line in a chart. */
export interface Level {
  readonly name: string;
  readonly value: number;
}

/** Known returns count only under the world's defaults, the user's only under the rules of the run. */
export function levelsOf(run: RunStore): readonly Level[] {
  const { value: info } = run.worker.info;
  const { value: world } = run.form.world;
  if (!info || info.request.world !== world?.id) return [];
  const { random, solved, optimum } = (isDefault(run, info) && world.scores) || {};
  const levels = { random, solved, optimum, 'your best': bestByHand(run, info) };
  return Object.entries(levels).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
}

function isDefault({ form }: RunStore, { request }: RunInfo): boolean {
  return (['world', 'reward', 'wrap'] as const).every((section) =>
    form.keysOf(section).every((key) => same(request[PART[section]][key], form.unchanged(section, key))),
  );
}

function bestByHand({ humanPlays }: RunStore, { request }: RunInfo): number | undefined {
  const rules = rulesOf(request);
  const own = humanPlays.recordings.value.filter(
    ({ header }) => rulesOf(JSON.parse(header) as Record<string, unknown>) === rules,
  );
  const returns = own.flatMap(returnsOf);
  return returns.length === 0 ? undefined : Math.max(...returns);
}

/** What returns depend on: not on what is added to the reward. */
function rulesOf({ world, params, rewards, wrappers }: Record<string, unknown>): string {
  const weights = Object.entries(rewards ?? {}).filter(([key]) => !isRewardEdit(key));
  return JSON.stringify([world, params, Object.fromEntries(weights), wrappers]);
}

const known = new WeakMap<PlayedRecording, readonly number[]>();

/** Returns of the episodes that were played to their end. */
function returnsOf(recording: PlayedRecording): readonly number[] {
  const found =
    known.get(recording) ??
    recording.lines.flatMap((line) => {
      const episode = JSON.parse(line) as { readonly return: number; readonly end: string };
      return episode.end === 'cut' ? [] : [episode.return];
    });
  known.set(recording, found);
  return found;
}
