/** Human play: keys become actions, and every episode is returned as it is written to a recording. */
import { actionSize } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, type ActionBuffer, type VectorEnv } from '#core/vector-env.ts';
import { EpisodeRecorder } from '../recordings/episode-recorder.ts';
import { bareWrappers } from '../recordings/playback.ts';
import { setWeights, type WorldSetup } from '../world/setup.ts';
import { recordingHeader, type RecordedEpisode, type RecordingHeader } from '../recordings/recording.ts';
import { wrapWorld } from '../world/wrappers.ts';
import type { Wrappers } from '../catalogue/wrappers.ts';

/** Names of actions that do nothing. */
const IDLE = new Set(['none', 'stay', 'wait', 'coast', 'no torque', 'no engine']);

export class HumanGame {
  readonly header: RecordingHeader;
  readonly env: VectorEnv;
  /** Whether the world steps without a key, because it has an action that does nothing; otherwise it waits for one. */
  readonly realTime: boolean;
  /** Steps per second in real time. */
  readonly rate: number;
  private readonly recorder: EpisodeRecorder;
  private readonly actions: ActionBuffer;
  /** Index of the action that does nothing; -1 in a box, whose middle it is, and where there is none. */
  private readonly idle: number;

  /**
   * Creates a separate world with those wrappers that change what happens (action repeat, time limit), not those that change
   * observations.
   */
  constructor(setup: WorldSetup & { readonly wrappers: Wrappers }, seed: number) {
    const { world, params, wrappers } = setup;
    const kernel = wrapWorld(world.create(params), bareWrappers(wrappers));
    this.header = recordingHeader(kernel, setup);
    this.recorder = new EpisodeRecorder(kernel, 1, rngStreams(seed), 'human');
    this.env = this.recorder.env;
    setWeights(this.env, setup);
    const { action, fps } = kernel.spec;
    this.actions = actionBuffer(kernel.spec, 1);
    this.idle = action.kind === 'box' ? -1 : action.names.findIndex((name) => IDLE.has(name));
    this.realTime = action.kind === 'box' || this.idle >= 0;
    this.rate = fps;
  }

  /**
   * Plays one step with these keys down, the latest one last, each given by its action in `spec.keys`; without keys, the
   * action that does nothing. Returns the episode if it ended; the world then shows the start of the next one.
   */
  step(pressed: readonly number[]): RecordedEpisode | undefined {
    const { env, recorder } = this;
    this.write(pressed);
    recorder.note(this.actions);
    env.step(this.actions);
    return env.terminated[0] | env.truncated[0] ? recorder.take(0) : undefined;
  }

  /** Abandons the episode and starts another. Returns it as far as it was played; undefined before its first step. */
  leave(): RecordedEpisode | undefined {
    const episode = this.recorder.take(0, true);
    this.env.reset();
    return episode;
  }

  private write(pressed: readonly number[]): void {
    const { actions, env } = this;
    const { action } = env.spec;
    if (action.kind === 'discrete') {
      const index = pressed.at(-1) ?? this.idle;
      if (!(index >= 0 && index < actionSize(env.spec)))
        throw new Error(`action: expected one from 0 to ${actionSize(env.spec) - 1}, got ${index}`);
      actions.discrete[0] = index;
      return;
    }
    // Key 2d is dimension d at its low end, 2d + 1 at its high end; a dimension without a key stays in the middle.
    const { low, high } = action;
    for (let d = 0; d < low.length; d++) actions.box[d] = (low[d] + high[d]) / 2;
    for (const key of pressed) actions.box[key >> 1] = (key & 1 ? high : low)[key >> 1];
  }
}
