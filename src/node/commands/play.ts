/**
 * `ludus play WORLD`: play by hand in the terminal. A world with an action for "nothing" runs in real time; any other
 * waits for a key. Piped, it reads the keys from its input and prints a JSON line per step. `--record` keeps what was played.
 */
import { HumanGame } from '#train/runs/human-play.ts';
import { parseSeed, resolveWorld } from '#train/world/setup.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { readPairs, type Command } from '../arguments.ts';
import { listenToKeys } from '../keyboard.ts';
import { formatNumber, printJson, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { TerminalScreen } from '../screen.ts';
import { exitCode, watchSignals } from '../signals.ts';

/** Milliseconds for which a pressed key counts as held: terminals repeat about every 30 ms. */
const HELD = 120;

export const play: Command = {
  name: 'play',
  description: 'Play a world by hand in the terminal.',
  args: {
    WORLD: { type: 'positional', description: 'a world id (see `ludus envs`)' },
    world: {
      type: 'string',
      description: 'A parameter of the world',
      valueHint: 'key=value',
      repeatable: true,
    },
    reward: {
      type: 'string',
      description: 'A reward weight of the world',
      valueHint: 'term=weight',
      repeatable: true,
    },
    seed: { type: 'string', description: 'Seed of the world', valueHint: 'n', default: '1' },
    record: { type: 'string', description: 'File to which the episodes are added', valueHint: 'file' },
    json: { type: 'boolean', description: 'Print a JSON line per step instead of pictures' },
  },
  async run(given) {
    const played = resolveWorld({
      world: given.text('WORLD') ?? '',
      params: readPairs('world', given.list('world')),
      rewards: readPairs('reward', given.list('reward')),
    });
    const seed = parseSeed(given.text('seed') ?? 1);
    const path = given.text('record');
    const world = new HumanGame({ ...played, wrappers: wrapperTable.parse({}) }, seed);
    using file = path === undefined ? undefined : RecordingFile.open(path, world.header);
    const game = new Game(world, { file, json: wantsJson(given.on('json')) });
    using interruption = watchSignals(() => game.quit());
    await game.run();
    if (file) process.stderr.write(`${file.path}: episodes added: ${file.added}\n`);
    return interruption.signal ? exitCode(interruption.signal) : 0;
  },
};

interface GameOptions {
  readonly file: RecordingFile | undefined;
  readonly json: boolean;
}

class Game {
  private readonly world: HumanGame;
  private readonly json: boolean;
  private readonly file: RecordingFile | undefined;
  private screen: TerminalScreen | undefined;
  private pressed = -1;
  private pressedAt = 0;
  private steps = 0;
  /** Ends the game. Keys that came in the same chunk as Escape are not played. */
  private end: (() => void) | undefined;
  private quitting = false;
  private last = '';

  constructor(world: HumanGame, { file, json }: GameOptions) {
    this.world = world;
    this.file = file;
    this.json = json;
  }

  /** Until Escape, a signal, or the end of piped input. */
  async run(): Promise<void> {
    const realTime = this.world.realTime && !this.json;
    using screen = this.json ? undefined : new TerminalScreen();
    this.screen = screen;
    this.show();
    await this.untilQuit(realTime);
    this.keep(this.world.leave());
  }

  /** Ends the game, from anywhere. */
  quit(): void {
    this.quitting = true;
    this.end?.();
  }

  private async untilQuit(realTime: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let keys: Disposable | undefined;
    try {
      await new Promise<void>((end) => {
        this.end = end;
        const onKey = (code: string): void => {
          if (!this.quitting) this.key(code, realTime);
        };
        keys = listenToKeys(process.stdin, onKey, end);
        if (realTime) timer = setInterval(() => this.step(this.heldKeys()), 1000 / this.world.rate);
      });
    } finally {
      clearInterval(timer);
      keys?.[Symbol.dispose]();
    }
  }

  private key(code: string, realTime: boolean): void {
    const action = this.world.env.spec.keys[code];
    if (action !== undefined) {
      this.pressed = action;
      this.pressedAt = performance.now();
      if (!realTime) this.step([action]);
    } else if (code === 'Escape' || code === 'KeyQ') this.quit();
    else if (code === 'Backspace' || code === 'KeyR') {
      this.keep(this.world.leave());
      this.last = '';
      this.show();
    }
  }

  private heldKeys(): readonly number[] {
    return performance.now() - this.pressedAt < HELD ? [this.pressed] : [];
  }

  private step(pressed: readonly number[]): void {
    const { env } = this.world;
    const episode = this.world.step(pressed);
    this.steps++;
    if (episode) {
      const end = episode.end === 'terminated' ? 'over' : 'time limit';
      this.last = `last episode: return ${formatNumber(episode.return)} in ${env.episodeLength[0]} steps (${end})`;
      this.keep(episode);
    }
    if (!this.json) return this.show();
    const [action] = pressed;
    const [terminated, truncated] = [env.terminated[0] === 1, env.truncated[0] === 1];
    const { steps: step } = this;
    printJson({ step, action, reward: env.reward[0], return: env.episodeReturn[0], terminated, truncated });
  }

  /** Writes the episode that has just ended, or was left, to the recording. */
  private keep(episode: RecordedEpisode | undefined): void {
    if (episode) this.file?.add(episode);
  }

  private show(): void {
    const { env } = this.world;
    const ended = env.terminated[0] | env.truncated[0];
    const now = `return ${formatNumber(ended ? 0 : env.episodeReturn[0])}  step ${ended ? 0 : env.episodeLength[0]}`;
    this.screen?.show(env, [`${env.spec.title}  ${now}`, this.last, this.help()]);
  }

  private help(): string {
    const { action, keys } = this.world.env.spec;
    const names = Object.entries(keys).map(([code, index]) => {
      const what = action.kind === 'discrete' ? action.names[index] : boxName(index);
      return `${code.replace(/^(Arrow|Key|Digit)/, '')} ${what}`;
    });
    return [...names, 'Backspace new episode', 'Escape quit'].join(' · ');
  }
}

function boxName(index: number): string {
  return `${index & 1 ? 'high' : 'low'} ${index >> 1}`;
}
