/**
 * `ludus play WORLD`: play by hand in the terminal. A world with an action for "nothing" runs in real time; any other
 * waits for a key. Piped, it reads the keys from its input and prints a JSON line per step.
 */
import { DrawList } from '#core/draw-list.ts';
import { actionSize } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { parseSeed, resolveWorld, setWeights } from '#train/played.ts';
import { readPairs, type Command } from '../arguments.ts';
import { listenToKeys } from '../keyboard.ts';
import { formatNumber, printJson, wantsJson } from '../output.ts';
import { Raster } from '../raster.ts';

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
    json: { type: 'boolean', description: 'Print a JSON line per step instead of pictures' },
  },
  async run(given) {
    const played = resolveWorld({
      world: given.text('WORLD') ?? '',
      params: readPairs('world', given.list('world')),
      rewards: readPairs('reward', given.list('reward')),
    });
    const env = new VectorEnv(played.kernel, 1, rngStreams(parseSeed(given.text('seed') ?? 1)));
    setWeights(env, played);
    await new Game(env, wantsJson(given.on('json'))).run();
    return 0;
  },
};

class Game {
  private readonly env: VectorEnv;
  private readonly json: boolean;
  private readonly actions: ActionBuffer;
  private readonly list = new DrawList();
  private readonly idle: number;
  private pressed = -1;
  private pressedAt = 0;
  private steps = 0;
  /** Keys that came in the same chunk as Escape are not played. */
  private quitting = false;
  private last = '';

  constructor(env: VectorEnv, json: boolean) {
    this.env = env;
    this.json = json;
    this.actions = actionBuffer(env.spec, 1);
    const { action } = env.spec;
    // In a box the middle is "nothing"; it has no index of its own.
    this.idle =
      action.kind === 'box' ? 2 * actionSize(env.spec) : action.names.findIndex((name) => IDLE.has(name));
  }

  /** Until Escape, or the end of piped input. */
  async run(): Promise<void> {
    const realTime = this.idle >= 0 && !this.json;
    if (!this.json) process.stdout.write('\u001b[?1049h\u001b[?25l');
    try {
      this.show();
      await this.untilQuit(realTime);
    } finally {
      if (!this.json) process.stdout.write('\u001b[?25h\u001b[?1049l');
    }
  }

  private async untilQuit(realTime: boolean): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let keys: Disposable | undefined;
    try {
      await new Promise<void>((quit) => {
        const onKey = (code: string): void => {
          if (!this.quitting) this.key(code, realTime, quit);
        };
        keys = listenToKeys(process.stdin, onKey, quit);
        if (realTime) timer = setInterval(() => this.step(this.heldAction()), 1000 / this.env.spec.fps);
      });
    } finally {
      clearInterval(timer);
      keys?.[Symbol.dispose]();
    }
  }

  private key(code: string, realTime: boolean, stop: () => void): void {
    const action = this.env.spec.keys[code];
    if (action !== undefined) {
      this.pressed = action;
      this.pressedAt = performance.now();
      if (!realTime) this.step(action);
    } else if (code === 'Escape' || code === 'KeyQ') {
      this.quitting = true;
      stop();
    } else if (code === 'Backspace' || code === 'KeyR') {
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
    env.step(actions);
    this.steps++;
    const terminated = env.terminated[0] === 1;
    const truncated = env.truncated[0] === 1;
    const total = env.episodeReturn[0];
    if (terminated || truncated) {
      const end = terminated ? 'over' : 'time limit';
      this.last = `last episode: return ${formatNumber(total)} in ${env.episodeLength[0]} steps (${end})`;
    }
    if (this.json)
      printJson({ step: this.steps, action, reward: env.reward[0], return: total, terminated, truncated });
    else this.show();
  }

  private show(): void {
    if (this.json) return;
    const { env, list } = this;
    env.draw(0, list);
    const columns = (process.stdout.columns || 80) - 2;
    const rows = (process.stdout.rows || 24) - 4;
    const scale = Math.min(columns / list.width, (rows * 2) / list.height, 96 / list.width);
    const raster = new Raster(list.width * scale, list.height * scale);
    raster.draw(list);
    const ended = env.terminated[0] | env.truncated[0];
    const now = `return ${formatNumber(ended ? 0 : env.episodeReturn[0])}  step ${ended ? 0 : env.episodeLength[0]}`;
    const screen = `${raster.toText()}\n${env.spec.title}  ${now}\n${this.last}\n${this.help()}`;
    // Written over the screen before, line by line: a screen that is wiped first flickers.
    process.stdout.write(`\u001b[H${screen.replaceAll('\n', '\u001b[K\n')}\u001b[J`);
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
