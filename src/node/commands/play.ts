/**
 * `ludus play WORLD`: play by hand in the terminal. A world with an action for "nothing" runs in real time; any other
 * waits for a key. Piped, it reads the keys from its input and prints a JSON line per step. `--record` keeps what was played.
 */
import { actionSize, type EnvKernel } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { parseSeed, resolveWorld, setWeights } from '#train/played.ts';
import { Tape } from '#train/playback.ts';
import { recordingHeader } from '#train/recording.ts';
import { wrapperTable } from '#train/wrapping.ts';
import { readPairs, type Command } from '../arguments.ts';
import { listenToKeys } from '../keyboard.ts';
import { formatNumber, printJson, wantsJson } from '../output.ts';
import { RecordingFile } from '../recording-file.ts';
import { TerminalScreen } from '../screen.ts';
import { exitCode, watchSignals } from '../signals.ts';

/** Names under which worlds offer doing nothing. */
const IDLE = new Set(['none', 'stay', 'wait', 'coast', 'no torque', 'no engine']);
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
    const { kernel, params, rewards } = resolveWorld({
      world: given.text('WORLD') ?? '',
      params: readPairs('world', given.list('world')),
      rewards: readPairs('reward', given.list('reward')),
    });
    const seed = parseSeed(given.text('seed') ?? 1);
    const path = given.text('record');
    const header = recordingHeader(kernel, { params, rewards, wrappers: wrapperTable.parse({}) });
    using file = path === undefined ? undefined : RecordingFile.open(path, header);
    const game = new Game(kernel, { seed, file, json: wantsJson(given.on('json')) });
    setWeights(game.env, { rewards });
    using interruption = watchSignals(() => game.quit());
    await game.run();
    if (file) process.stderr.write(`${file.path}: episodes added: ${file.added}\n`);
    return interruption.signal ? exitCode(interruption.signal) : 0;
  },
};

interface GameOptions {
  readonly seed: number;
  readonly file: RecordingFile | undefined;
  readonly json: boolean;
}

class Game {
  readonly env: VectorEnv;
  private readonly json: boolean;
  private readonly file: RecordingFile | undefined;
  private readonly tape: Tape | undefined;
  private readonly actions: ActionBuffer;
  private screen: TerminalScreen | undefined;
  private readonly idle: number;
  private pressed = -1;
  private pressedAt = 0;
  private steps = 0;
  /** Ends the game. Keys that came in the same chunk as Escape are not played. */
  private end: (() => void) | undefined;
  private quitting = false;
  private last = '';

  constructor(kernel: EnvKernel, { seed, file, json }: GameOptions) {
    const streams = rngStreams(seed);
    this.tape = file && new Tape(kernel, 1, streams, 'hand');
    this.env = this.tape?.env ?? new VectorEnv(kernel, 1, streams);
    this.file = file;
    this.json = json;
    this.actions = actionBuffer(kernel.spec, 1);
    const { action } = kernel.spec;
    // In a box the middle is "nothing"; it has no index of its own.
    this.idle =
      action.kind === 'box' ? 2 * actionSize(kernel.spec) : action.names.findIndex((name) => IDLE.has(name));
  }

  /** Until Escape, a signal, or the end of piped input. */
  async run(): Promise<void> {
    const realTime = this.idle >= 0 && !this.json;
    using screen = this.json ? undefined : new TerminalScreen();
    this.screen = screen;
    this.show();
    await this.untilQuit(realTime);
    this.keep();
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
        if (realTime) timer = setInterval(() => this.step(this.heldAction()), 1000 / this.env.spec.fps);
      });
    } finally {
      clearInterval(timer);
      keys?.[Symbol.dispose]();
    }
  }

  private key(code: string, realTime: boolean): void {
    const action = this.env.spec.keys[code];
    if (action !== undefined) {
      this.pressed = action;
      this.pressedAt = performance.now();
      if (!realTime) this.step(action);
    } else if (code === 'Escape' || code === 'KeyQ') this.quit();
    else if (code === 'Backspace' || code === 'KeyR') {
      this.keep();
      this.env.reset();
      this.last = '';
      this.show();
    }
  }

  private heldAction(): number {
    return performance.now() - this.pressedAt < HELD ? this.pressed : this.idle;
  }

  private step(action: number): void {
    const { env, actions } = this;
    if (env.spec.action.kind === 'discrete') actions.discrete[0] = action;
    else writeCorner(env, action, actions.box);
    this.tape?.note(actions);
    env.step(actions);
    this.steps++;
    const terminated = env.terminated[0] === 1;
    const truncated = env.truncated[0] === 1;
    const total = env.episodeReturn[0];
    if (terminated || truncated) {
      const end = terminated ? 'over' : 'time limit';
      this.last = `last episode: return ${formatNumber(total)} in ${env.episodeLength[0]} steps (${end})`;
      this.keep();
    }
    if (this.json)
      printJson({ step: this.steps, action, reward: env.reward[0], return: total, terminated, truncated });
    else this.show();
  }

  /** Writes the episode that has just ended, or was left, to the recording. */
  private keep(): void {
    const episode = this.tape?.take(0);
    if (episode) this.file?.add(episode);
  }

  private show(): void {
    const { env } = this;
    const ended = env.terminated[0] | env.truncated[0];
    const now = `return ${formatNumber(ended ? 0 : env.episodeReturn[0])}  step ${ended ? 0 : env.episodeLength[0]}`;
    this.screen?.show(env, [`${env.spec.title}  ${now}`, this.last, this.help()]);
  }

  private help(): string {
    const { action, keys } = this.env.spec;
    const names = Object.entries(keys).map(([code, index]) => {
      const what = action.kind === 'discrete' ? action.names[index] : boxName(index);
      return `${code.replace(/^(Arrow|Key|Digit)/, '')} ${what}`;
    });
    return [...names, 'Backspace new episode', 'Escape quit'].join(' · ');
  }
}

/** Action index 2d is dimension d at its low end, 2d + 1 at its high end; all others, and "nothing", in the middle. */
function writeCorner(env: VectorEnv, index: number, into: Float32Array): void {
  const { action } = env.spec;
  if (action.kind !== 'box') return;
  for (let d = 0; d < action.low.length; d++)
    into[d] =
      index >> 1 === d ? (index & 1 ? action.high[d] : action.low[d]) : (action.low[d] + action.high[d]) / 2;
}

function boxName(index: number): string {
  return `${index & 1 ? 'high' : 'low'} ${index >> 1}`;
}
