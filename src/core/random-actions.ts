/** Uniformly random actions for every slot of a world. */
import type { Rng } from './rng.ts';
import type { ActionBuffer, VectorEnv } from './vector-env.ts';

/** Draws an action per slot: discrete ones uniformly, continuous ones uniformly within their box. */
export function drawActions(env: VectorEnv, into: ActionBuffer, rng: Rng): void {
  const { action } = env.spec;
  if (action.kind === 'discrete')
    for (let i = 0; i < env.n; i++) into.discrete[i] = rng.integer(action.names.length);
  else
    for (let k = 0; k < into.box.length; k++) {
      const d = k % action.low.length;
      into.box[k] = action.low[d] + rng.uniform() * (action.high[d] - action.low[d]);
    }
}
