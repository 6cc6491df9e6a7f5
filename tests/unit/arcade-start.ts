/** A slot of an arcade game to set up by hand: full action set, no sticky actions. */
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { rngStreams, type Rng } from '#core/rng.ts';

export type Bytes = Readonly<Record<string, Int8Array | Int16Array | Int32Array>>;

/** One slot of a game, just reset. `step` returns the events and whether the episode ended. */
export function start<S extends Bytes = Bytes>(game: EnvDefinition, more: Record<string, unknown> = {}) {
  const params = game.params.parse({ stickyActions: 0, actions: 'full', ...more });
  const kernel = game.create(params) as unknown as EnvKernel<S>;
  const s = kernel.allocate(1);
  const rng = rngStreams(1)('world');
  kernel.reset(s, 0, rng);
  const step = (action: number, from: Rng = rng) => {
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    kernel.step(s, 0, action, from, out);
    return { events: [...out.events], terminated: out.terminated };
  };
  return { s, step, kernel };
}

export const [NONE, UP, FIRE] = [0, 2, 5];
