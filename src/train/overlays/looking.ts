/** Looks at a run for whoever watches it: what its agent makes of the state shown and of all others. Changes nothing. */
import type { Estimates, Player } from '#core/agent.ts';
import { observationSize } from '#core/env.ts';
import { OF_STATES, type Look, type Overlay } from '#core/overlay.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import type { StateViewer } from './states.ts';

/** What is shown on the cells of the states. */

export class Looking {
  private readonly env: VectorEnv;
  private readonly player: Player;
  private readonly states: StateViewer | undefined;

  constructor(env: VectorEnv, player: Player, states: StateViewer | undefined) {
    this.env = env;
    this.player = player;
    this.states = states;
  }

  /** What this agent in this world has to show. */
  overlays(): readonly Overlay[] {
    const { player, states } = this;
    const observation = this.observation();
    const { actionValues, probabilities, value } = player.inspect(observation);
    return [
      ...(states ? onStates(player.estimates?.(observation, 1) ?? {}) : []),
      ...(player.saliency ? (['saliency'] as const) : []),
      'eye',
      ...(value === undefined ? [] : (['history'] as const)),
      ...(player.lastUpdate ? (['update'] as const) : []),
      ...((actionValues ?? probabilities) ? (['bars'] as const) : []),
    ];
  }

  look(asked: ReadonlySet<Overlay>): Look {
    const { player, states } = this;
    const observation = this.observation();
    const stateLook = OF_STATES.some((overlay) => asked.has(overlay)) && states?.look(player);
    const saliency = asked.has('saliency') && player.saliency?.(observation);
    const update = asked.has('update') && player.lastUpdate?.();
    return {
      ...(stateLook && { states: stateLook }),
      // Saliency is drawn over the observation, too.
      ...((asked.has('eye') || saliency) && { observation: observation.slice() }),
      ...(saliency && { saliency }),
      ...(update && { update }),
    };
  }

  private observation(): Float32Array {
    return this.env.obs.subarray(0, observationSize(this.env.spec));
  }
}

function onStates(estimates: Estimates): readonly Overlay[] {
  const { values, actionValues, visits, traces } = estimates;
  const policy = estimates.probabilities ?? actionValues;
  const has = { values, actions: actionValues, policy, visits, traces };
  return (Object.keys(has) as (keyof typeof has)[]).filter((overlay) => has[overlay] !== undefined);
}
