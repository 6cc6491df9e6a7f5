/** `ludus replay FILE`: plays recorded episodes again and checks that each comes to the end that was recorded. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Playback } from '#train/recordings/playback.ts';
import { episodeSteps, type RecordedEpisode } from '#train/recordings/recording.ts';
import { readCount, wrong, type Command } from '../arguments.ts';
import { formatNumber, formatTable, printJson, printLine, wantsJson } from '../output.ts';
import { readRecording } from '../recording-file.ts';
import { TerminalScreen } from '../screen.ts';
import { exitCode, watchSignals, type Interruption } from '../signals.ts';

/** Milliseconds for which the end of an episode stays to be seen. */
const PAUSE = 600;

export const replay: Command = {
  name: 'replay',
  description: 'Play recorded episodes again and check their returns.',
  args: {
    FILE: { type: 'positional', description: 'a recording (see `ludus play --record`)' },
    episode: { type: 'string', description: 'Only this one, from 1', valueHint: 'n' },
    watch: { type: 'boolean', description: 'Show them in the terminal, at the speed of play' },
    json: { type: 'boolean', description: 'Print a JSON line per episode even on a terminal' },
  },
  async run(given) {
    const recording = readRecording('FILE', given.text('FILE') ?? '');
    const { header, episodes } = recording;
    const playback = new Playback(recording);
    const chosen = chooseEpisodes(given.text('episode'), episodes.length);
    if (given.on('watch')) {
      if (!process.stdout.isTTY) throw wrong('--watch', 'a terminal to draw in', 'a pipe or a file');
      using interruption = watchSignals();
      await watch(playback, chosen, interruption);
      if (interruption.signal) return exitCode(interruption.signal);
    } else for (const index of chosen) checkEpisode(playback, index);
    if (wantsJson(given.on('json')))
      for (const index of chosen)
        printJson({ episode: index + 1, world: header.world, ...row(recording.episodes[index], playback) });
    else printLine(table(chosen, episodes, playback));
    return 0;
  },
};

function chooseEpisodes(given: string | undefined, count: number): readonly number[] {
  if (given === undefined) return Array.from({ length: count }, (_, index) => index);
  const episode = readCount('episode', given);
  if (episode > count) throw wrong('--episode', `a number from 1 to ${count}`, given);
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
