/** The live values of a run of any kind: checked, applied, recorded and saved. */
import type { Learner } from '#core/agent.ts';
import { currentKeys, describe, parseConfig, withLiveValue } from '#core/config.ts';
import { InputError } from '#core/errors.ts';
import { asRecord, parseJson } from '#core/json.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import type { Mark, Recorder } from '../record/recorder.ts';
import { withValues, type RunSetup } from '../request/resolve.ts';
import { weightProblems } from '../request/suitability.ts';
import { isRewardEdit, type RewardEdit } from '#core/shaping.ts';
import { parseEdit, shapingOf, withEdit } from '../world/reward-edits.ts';
import { parseWeight, resolveWorld } from '../world/setup.ts';
import type { Tuning } from '../record/recorder.ts';

export class LiveSetup {
  private setup: RunSetup;

  constructor(setup: RunSetup) {
    this.setup = setup;
  }

  /** With the current values. */
  get current(): RunSetup {
    return this.setup;
  }

  /** Applies a value to the world or the learner and records the change at `step`. */
  tune(
    { kind, key: given, value }: Tuning,
    { env, learner, recorder, step }: Tuned & { readonly step: number },
  ): Mark {
    const key = kind === 'reward' ? given : this.presentKey(given);
    if (kind === 'reward') this.tuneReward(env, key, value);
    else this.tuneLearner(learner, key, value);
    const { rewards, config } = this.setup.request;
    const values = kind === 'reward' ? rewards : config;
    // An edit of the reward that is taken back leaves none.
    const mark = { step, kind, key, value: values[key] ?? '' };
    recorder.recordMark(mark);
    return mark;
  }

  /** Lets worlds add what the user adds to the reward. */
  shape(env: VectorEnv): void {
    env.shape(shapingOf(env.spec, this.setup.edits, () => discountOf(this.setup.config)));
  }

  /** As text for a snapshot. */
  save(): string {
    const { config, rewards } = this.setup.request;
    return JSON.stringify({ config, rewards });
  }

  /** Restores the result of `save` and passes the settings to the learner. */
  restore(saved: string, learner: Learner, env?: VectorEnv): void {
    const live = asRecord(parseJson(saved, 'checkpoint.live'), 'checkpoint.live');
    // A setting's former name still loads.
    const config = parseConfig(
      this.setup.agent.config,
      { ...asRecord(live['config'], 'checkpoint.live.config') },
      'agent',
    );
    const given = asRecord(live['rewards'], 'checkpoint.live.rewards');
    const { rewards, edits } = resolveWorld({ ...this.setup.request, rewards: given });
    this.setup = withValues(this.setup, { config, rewards, edits });
    learner.tune(config);
    if (env) this.shape(env);
  }

  /** The current key of a setting, given that or a former one. */
  private presentKey(key: string): string {
    const [present] = Object.keys(currentKeys(describe(this.setup.agent.config), { [key]: undefined }));
    return present;
  }

  private tuneEdit(env: VectorEnv, key: RewardEdit, value: unknown): void {
    const { agent, rewards, edits: before } = this.setup;
    const edits = withEdit(before, key, parseEdit(env.spec, key, value));
    const problems = agent.needs === 'model' ? weightProblems(env, { rewards, edits }) : [];
    if (problems.length > 0) throw new InputError(problems);
    this.setup = withValues(this.setup, { edits });
    this.shape(env);
  }

  private tuneReward(env: VectorEnv, key: string, value: unknown): void {
    if (isRewardEdit(key)) return this.tuneEdit(env, key, value);
    const { agent, rewards, edits } = this.setup;
    const changed = { ...rewards, [key]: parseWeight(env, key, value) };
    const problems = agent.needs === 'model' ? weightProblems(env, { rewards: changed, edits }) : [];
    if (problems.length > 0) throw new InputError(problems);
    env.weights[env.spec.rewards.findIndex((term) => term.id === key)] = changed[key];
    this.setup = withValues(this.setup, { rewards: changed });
  }

  private tuneLearner(learner: Learner, key: string, value: unknown): void {
    const { agent, config } = this.setup;
    const changed = withLiveValue(agent.config, config, { key, value }, 'agent');
    learner.tune(changed);
    this.setup = withValues(this.setup, { config: changed });
  }
}

/** Φ's γ is the agent's, or 1 for one that learns from whole returns without it. */
function discountOf({ gamma }: RunSetup['config']): number {
  return typeof gamma === 'number' ? gamma : 1;
}

/** What a change affects. */
interface Tuned {
  readonly env: VectorEnv;
  readonly learner: Learner;
  readonly recorder: Recorder;
}
