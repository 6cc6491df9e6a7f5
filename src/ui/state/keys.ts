/** The keys of human play, by the names to display. */
import type { EnvSpec } from '#core/env.ts';

/** One action of the player. */
export interface PlayKey {
  readonly action: number;
  /** What its keys are called: `←`, `A`. */
  readonly caps: readonly string[];
  /** What it does: `push left`; in a box the number that it sets, `+2`. */
  readonly label: string;
}

const ARROWS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};

/** What each action's keys are, in the order in which the world lists them. */
export function playKeys({ keys, action }: EnvSpec): readonly PlayKey[] {
  return [...new Set(Object.values(keys))].map((index) => ({
    action: index,
    caps: Object.keys(keys)
      .filter((code) => keys[code] === index)
      .map((code) => ARROWS[code] ?? code.replace(/^(Key|Digit)/, '')),
    label: action.kind === 'discrete' ? action.names[index] : numberLabel(action, index),
  }));
}

/** `+2`, or `a₂ = +2` where an action has several numbers. */
function numberLabel({ low, high }: Extract<EnvSpec['action'], { kind: 'box' }>, index: number): string {
  const dimension = index >> 1;
  const value = (index & 1 ? high : low)[dimension];
  const signed = value < 0 ? `−${-value}` : `+${value}`;
  return low.length === 1 ? signed : `a${'₁₂₃₄₅₆₇₈₉'[dimension] ?? dimension + 1} = ${signed}`;
}

/** The first instruction to the player. */
export function firstHint(realTime: boolean, touch: boolean): string {
  if (touch) return realTime ? 'Touch a button to begin.' : 'Each tap is one step; hold to repeat.';
  return realTime ? 'Press a key to begin.' : 'Each key is one step; hold it to repeat.';
}
