/** What the greedy policy of a run does in the state in which the run began. */
import { observationSize } from '#core/env.ts';
import { Normaliser } from '#core/moments.ts';
import { actionBuffer, type ActionBuffer } from '#core/vector-env.ts';
import type { Run } from '../runs/run.ts';

/** A number of a continuous action counts as low or high in the outer thirds of its range. */
const OUTER = 1 / 3;

export class StartChoice {
  private readonly run: Run;
  private readonly raw: Float32Array;
  private readonly obs: Float32Array;
  private readonly normaliser: Normaliser | undefined;
  private readonly actions: ActionBuffer;
  private readonly begins = Uint8Array.of(1);

  /** Of a run that has not begun, or that goes on in its present state. */
  constructor(run: Run) {
    if (!run.scene) throw new Error('start choice: expected a run that plays a world');
    const { env } = run.scene;
    const { observation } = run.moments;
    this.run = run;
    this.raw = env.raw.obs.slice(0, observationSize(env.spec));
    this.obs = this.raw.slice();
    this.normaliser = observation && new Normaliser(observation);
    this.actions = actionBuffer(env.spec, 1);
  }

  /** In words: the name of an action, or where in its range each number of a continuous one is. */
  look(): string {
    const { run, raw, obs, normaliser, actions, begins } = this;
    normaliser?.normalise(raw, obs);
    run.agent.act(obs, 1, actions, 'greedy', begins);
    const { action } = (run.scene as NonNullable<Run['scene']>).env.spec;
    if (action.kind === 'discrete') return action.names[actions.discrete[0]];
    return Array.from(actions.box, (value, d) => part(value, action.low[d], action.high[d])).join(', ');
  }
}

function part(value: number, low: number, high: number): string {
  const share = (value - low) / (high - low);
  return share < OUTER ? 'low' : share > 1 - OUTER ? 'high' : 'middle';
}
