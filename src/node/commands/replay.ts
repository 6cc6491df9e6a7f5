/** `ludus replay <file>`: replays recorded episodes and checks that each ends as it was recorded. */
import type { Command } from '@commander-js/extra-typings';
import { setTimeout as sleep } from 'node:timers/promises';
import { Playback } from '#train/recordings/playback.ts';
import { episodeSteps, type RecordedEpisode } from '#train/recordings/recording.ts';
import { refusal } from '#core/errors.ts';
import { countOption } from '../options.ts';
import { examples, formatNumber, formatTable, printJson, printLine, wantsJson } from '../output.ts';
import { readRecording } from '../recording-file.ts';
import { TerminalScreen } from '../screen.ts';
import { exitCode, watchSignals, type Interruption } from '../signals.ts';

/** Milliseconds for which the end of an episode stays on screen. */
const PAUSE = 600;

interface ReplayOptions {
  readonly episode?: number | undefined;
  readonly watch?: true | undefined;
  readonly json?: true | undefined;
}

export function replay(command: Command): void {
  command
    .argument('<file>', 'a recording (see `ludus play --record`)')
    .addOption(countOption('--episode <n>', 'Only this episode, counted from 1'))
    .option('--watch', 'Show the episodes in the terminal, in real time')
    .option('--json', 'Print a JSON line per episode; the default when piped')
    .addHelpText('after', examples('replay demo.jsonl', 'replay demo.jsonl --episode 3 --watch'))
    .action(replayFile);
}

async function replayFile(path: string, options: ReplayOptions): Promise<void> {
  const recording = readRecording('file', path);
  const { header, episodes } = recording;
  const playback = new Playback(recording);
  const chosen = chooseEpisodes(options.episode, episodes.length);
  if (options.watch) {
    if (!process.stdout.isTTY) throw refusal('--watch', 'a terminal to draw in', 'a pipe or a file');
    using interruption = watchSignals();
    await watch(playback, chosen, interruption);
    if (interruption.signal) {
      process.exitCode = exitCode(interruption.signal);
      return;
    }
  } else for (const index of chosen) checkEpisode(playback, index);
  if (wantsJson(options.json))
    for (const index of chosen)
      printJson({ episode: index + 1, world: header.world, ...row(episodes[index], playback) });
  else printLine(table(chosen, episodes, playback));
}

function chooseEpisodes(episode: number | undefined, count: number): readonly number[] {
  if (episode === undefined) return Array.from({ length: count }, (_, index) => index);
  if (episode > count) throw refusal('--episode', `a number from 1 to ${count}`, String(episode));
  return [episode - 1];
}

function checkEpisode(playback: Playback, index: number): void {
  playback.begin(index);
  while (playback.step());
}

async function watch(
  playback: Playback,
  chosen: readonly number[],
  interruption: Interruption,
): Promise<void> {
  using screen = new TerminalScreen();
  const { env } = playback;
  for (const index of chosen) {
    playback.begin(index);
    for (let more = true; more && !interruption.signal;) {
      screen.show(env, [
        `${env.spec.title}  episode ${index + 1}  return ${formatNumber(env.episodeReturn[0])}`,
      ]);
      await sleep(1000 / env.spec.fps);
      more = playback.step();
    }
    await sleep(PAUSE);
  }
}

function row(episode: RecordedEpisode, { env }: Playback): Record<string, unknown> {
  const { player, return: total, end } = episode;
  return { player, return: total, length: episodeSteps(episode, env.spec), end };
}

function table(chosen: readonly number[], episodes: readonly RecordedEpisode[], playback: Playback): string {
  const rows = chosen.map((index) => {
    const { player, return: total, length, end } = row(episodes[index], playback);
    return [String(index + 1), String(player), formatNumber(Number(total)), String(length), String(end)];
  });
  return formatTable(['episode', 'player', 'return', 'steps', 'end'], rows, [0, 2, 3]);
}
