/**
 * What the arcade games share: parameters, a joystick with one button, sticky actions, and what happens after
 * the end of an episode. A game adds its columns and its rules. Protocol as in MinAtar (Young & Tian, 2019,
 * arXiv:1903.03176).
 */
import { z } from 'zod';
import { choice, number, toggle } from '#core/config.ts';
import {
  defineEnv,
  type EnvDefinition,
  type EnvKernel,
  type EnvSpec,
  type RewardTerm,
  type StepEvents,
} from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { Columns } from '#core/snapshot.ts';
import { frameStack, pixels } from '#core/wrappers.ts';

/** Every board is 10 × 10 cells; row 0 is at the top, column 0 at the left. */
const SIZE = 10;

/**
 * The joystick's action codes, which the rules use whatever subset of them an agent chooses from. Games look
 * up in tables what a code moves, because no processor can predict the branches that a learner's actions
 * take.
 */
export const Joystick = { none: 0, left: 1, up: 2, right: 3, down: 4, fire: 5 } as const;

const NAMES = ['none', 'left', 'up', 'right', 'down', 'fire'] as const;

const KEYS: readonly (readonly [string, number])[] = [
  ['ArrowLeft', Joystick.left],
  ['ArrowUp', Joystick.up],
  ['ArrowRight', Joystick.right],
  ['ArrowDown', Joystick.down],
  ['Space', Joystick.fire],
  ['KeyX', Joystick.fire],
];

export const arcadeParams = z.object({
  stickyActions: number({
    label: 'Sticky actions',
    help: 'Probability that a step repeats the last executed action instead of the chosen one (Machado et al. 2018).',
    min: 0,
    max: 1,
    default: 0.1,
  }),
  ramping: toggle({
    label: 'Difficulty ramping',
    help: 'Makes the game harder with time, as in MinAtar (Young & Tian 2019).',
    default: true,
  }),
  actions: choice({
    label: 'Actions',
    help: 'Offers only the actions that this game uses (minimal), or all six of the joystick, as in most published results (full).',
    options: ['minimal', 'full'],
    default: 'minimal',
  }),
  observation: choice({
    label: 'Observation',
    help: 'Shows the agent a binary plane per kind of object (planes), or the last four frames, 84 × 84 and grey (pixels).',
    options: ['planes', 'pixels'],
    default: 'planes',
  }),
});

/** The parameters of a game that does not get harder. */
export const steadyParams = arcadeParams.extend({
  ramping: toggle({
    label: 'Difficulty ramping',
    help: 'This game has no such rule.',
    default: true,
    when: 'never',
  }),
});

/** The parameters of a game that uses all of the joystick. */
export const sixActionParams = arcadeParams.extend({
  actions: choice({
    label: 'Actions',
    help: 'This game uses all six actions of the joystick.',
    options: ['minimal', 'full'],
    default: 'minimal',
    when: 'never',
  }),
});

/** The columns that every game has. */
interface ArcadeState extends Columns {
  /** [n] the last executed action, which a sticky step repeats; a reset leaves it, as in the reference. */
  readonly executed: Int8Array;
  /** [n] 1 once the episode is over: further steps change nothing until the next reset. */
  readonly ended: Int8Array;
}

/**
 * The joystick of a kernel, with which every step of a game begins: notes and returns the code of the
 * executed action, sticky actions included. Once the episode is over it returns OVER instead and terminates
 * the step, which must change nothing more.
 */
type Play = (s: ArcadeState, i: number, action: number, rng: Rng, out: StepEvents) => number;
export const OVER = -1;

/**
 * What a game itself implements: the kernel without spec and allocation. An `observe` starts by copying a
 * blank observation, which is faster than filling with zeros.
 */
type ArcadeRules<S extends Columns> = Omit<EnvKernel<S, number>, 'spec' | 'allocate'>;

interface ArcadeGame<S extends Columns, P extends z.ZodObject> {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly summary: string;
  /** What the binary planes of an observation, [10, 10, channels], are. */
  readonly channels: readonly string[];
  /** The codes that mean something in this game: its minimal action set. */
  readonly minimal: readonly number[];
  readonly rewards: readonly RewardTerm[];
  /** Time limit in steps; 0: none. */
  readonly maxSteps: number;
  readonly fps: number;
  readonly params: P;
  columns(this: void, n: number): S;
  rules(params: z.output<P>, play: Play): ArcadeRules<S>;
}

/** Makes a world of a game. */
export function defineArcade<S extends ArcadeState, P extends z.ZodObject<typeof arcadeParams.shape>>(
  game: ArcadeGame<S, P>,
): EnvDefinition {
  const { id, title, summary, params } = game;
  return defineEnv({
    id,
    title,
    group: 'arcade',
    summary,
    params,
    create(settings) {
      const { actions, stickyActions, observation } = settings as z.output<typeof arcadeParams>;
      const codes = Int8Array.from(actions === 'full' ? NAMES.keys() : game.minimal);
      const play: Play = ({ executed, ended }, i, action, rng, out) => {
        // Always one draw, and before all others of a step, as in the reference. The choice is made by
        // masking, as a branch that is taken one time in ten at random costs more.
        const stays = -Number(rng.uniform() < stickyActions);
        const chosen = codes[action];
        const code = chosen ^ ((chosen ^ executed[i]) & stays);
        executed[i] = code;
        if (ended[i] === 0) return code;
        out.terminated = true;
        return OVER;
      };
      const kernel: EnvKernel<S, number> = {
        spec: specOf(game, codes),
        allocate: game.columns,
        ...game.rules(settings, play),
      };
      return observation === 'planes' ? kernel : frameStack(pixels(kernel as EnvKernel), 4);
    },
  });
}

function specOf<S extends Columns, P extends z.ZodObject>(game: ArcadeGame<S, P>, codes: Int8Array): EnvSpec {
  const keys = KEYS.map(([key, code]) => [key, codes.indexOf(code)] as const);
  return {
    id: game.id,
    version: game.version,
    title: game.title,
    observation: {
      kind: 'planes',
      shape: [SIZE, SIZE, game.channels.length],
      names: game.channels,
      overPicture: true,
    },
    action: { kind: 'discrete', names: Array.from(codes, (code) => NAMES[code]) },
    rewards: game.rewards,
    maxSteps: game.maxSteps,
    fps: game.fps,
    keys: Object.fromEntries(keys.filter(([, index]) => index >= 0)),
  };
}
