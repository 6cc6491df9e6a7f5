/**
 * `ludus play <world>`: human play in the terminal. A world with an action for "nothing" runs in real time; any other waits for
 * a key. Piped, it reads the keys from its input and prints a JSON line per step.
 */
import type { Command } from '@commander-js/extra-typings';
import { HumanGame } from '#train/runs/human-play.ts';
import { parseSeed, resolveWorld } from '#train/world/setup.ts';
import type { RecordedEpisode } from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { listenToKeys } from '../keyboard.ts';
import { textOption, type Pairs } from '../options.ts';
import { examples, formatNumber, printJson, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { idleWorld, refuseIdle, rewardOption, seedOption, worldOption } from '../run-options.ts';
import { TerminalScreen } from '../screen.ts';
import { exitCode, watchSignals } from '../signals.ts';

/** Milliseconds for which a pressed key counts as held down: terminals repeat it about every 30 ms. */
const HELD = 120;

interface PlayOptions {
  readonly world?: Pairs | undefined;
  readonly reward?: Pairs | undefined;
  readonly seed: string | number;
  readonly record?: string | undefined;
  readonly json?: true | undefined;
}

export function play(command: Command): void {
  command
    .argument('<world>', 'a world id (see `ludus envs`)')
    .addOption(worldOption())
    .addOption(rewardOption())
    .addOption(seedOption())
    .addOption(textOption('--record <file>', 'Append the episodes to this recording'))
    .option('--json', 'Print a JSON line per step instead of drawing; the default when piped')
    .addHelpText(
      'after',
      examples('play frozen-lake', 'play breakout --world stickyActions=0 --record play.jsonl'),
    )
    .action(playWorld);
}

async function playWorld(id: string, options: PlayOptions): Promise<void> {
  const { world: params = {}, reward: rewards = {}, record } = options;
  const setup = resolveWorld({ world: id, params, rewards });
  refuseIdle(idleWorld(setup, params));
  const seed = parseSeed(options.seed);
  const world = new HumanGame({ ...setup, wrappers: wrapperTable.parse({}) }, seed);
  using file = record === undefined ? undefined : RecordingFile.open(record, world.header);
  const game = new Game(world, { file, json: wantsJson(options.json) });
  using interruption = watchSignals(() => game.quit());
  await game.run();
  if (file) process.stderr.write(`${file.path}: episodes added: ${file.added}\n`);
  if (interruption.signal) process.exitCode = exitCode(interruption.signal);
}

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
  /** Ends the game. Keys in the same chunk of input as Escape are not played. */
  private end: (() => void) | undefined;
  private quitting = false;
  private last = '';

  constructor(world: HumanGame, { file, json }: GameOptions) {
    this.world = world;
    this.file = file;
    this.json = json;
  }

  /** Plays until Escape, a signal, or the end of piped input. */
  async run(): Promise<void> {
    const realTime = this.world.realTime && !this.json;
    using screen = this.json ? undefined : new TerminalScreen();
    this.screen = screen;
    this.show();
    await this.untilQuit(realTime);
    this.keep(this.world.leave());
  }

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
      const end = episode.end === 'terminated' ? 'terminated' : 'time limit';
      this.last = `last episode: return ${formatNumber(episode.return)} in ${env.episodeLength[0]} steps (${end})`;
      this.keep(episode);
    }
    if (!this.json) return this.show();
    const [action] = pressed;
    const [terminated, truncated] = [env.terminated[0] === 1, env.truncated[0] === 1];
    const { steps: step } = this;
    printJson({ step, action, reward: env.reward[0], return: env.episodeReturn[0], terminated, truncated });
  }

  /** Adds a finished or abandoned episode to the recording. */
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
