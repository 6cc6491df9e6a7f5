/**
 * What the arcade games share: their table of parameters, the six actions of a joystick with one button, and sticky
 * actions. The rules themselves share nothing.
 */
import { z } from 'zod';
import { choice, number, toggle } from '#core/config.ts';
import type { ActionSpec, EnvKernel, EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { Columns } from '#core/snapshot.ts';
import { frameStack, pixels } from '#core/wrappers.ts';

/** The joystick. A game's minimal set keeps these numbers inside the game and renumbers them for the agent. */
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
    help: 'Probability that a step repeats the last executed action instead of the chosen one (Machado et al., 2018).',
    min: 0,
    max: 1,
    default: 0.1,
  }),
  ramping: toggle({
    label: 'Difficulty ramping',
    help: 'On: the game gets faster as the player gets on, where its rules say so.',
    default: true,
  }),
  actions: choice({
    label: 'Actions',
    help: 'Minimal: only those that do something in this game. Full: all six of the joystick, as in the published results.',
    options: ['minimal', 'full'],
    default: 'minimal',
  }),
  observation: choice({
    label: 'Observation',
    help: 'Planes: a layer of cells per kind of thing. Pixels: the last four pictures, 84 × 84, in grey.',
    options: ['planes', 'pixels'],
    default: 'planes',
  }),
});

export type ArcadeParams = z.output<typeof arcadeParams>;

/** The parts of a spec that the parameters decide. `minimal` lists the joystick's numbers that the game knows. */
export function joystick(
  params: ArcadeParams,
  minimal: readonly number[],
): { readonly action: ActionSpec; readonly keys: EnvSpec['keys']; readonly codes: Int8Array } {
  const codes = params.actions === 'full' ? [0, 1, 2, 3, 4, 5] : minimal;
  return {
    action: { kind: 'discrete', names: codes.map((code) => NAMES[code]) },
    keys: Object.fromEntries(
      KEYS.map(([key, code]) => [key, codes.indexOf(code)] as const).filter(([, index]) => index >= 0),
    ),
    codes: Int8Array.from(codes),
  };
}

/**
 * The action that slot i executes: the chosen one or, with probability `sticky`, the last executed one. Draws one uniform
 * number whatever `sticky` is, before anything else that the step draws.
 */
export function stick(executed: Int8Array, i: number, chosen: number, sticky: number, rng: Rng): number {
  // All bits or none: a branch that goes the other way one time in ten is dearer.
  const stays = -Number(rng.uniform() < sticky);
  const action = chosen ^ ((chosen ^ executed[i]) & stays);
  executed[i] = action;
  return action;
}

/** The kernel with the observation that the parameters ask for. */
export function observed<S extends Columns>(
  kernel: EnvKernel<S, number>,
  params: ArcadeParams,
): EnvKernel<S, number> {
  return params.observation === 'planes' ? kernel : frameStack(pixels(kernel as EnvKernel<S>), 4);
}
