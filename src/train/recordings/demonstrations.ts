/** Demonstrations from a recording: its episodes are replayed in the world as the agent observes it. */
import type { Demonstrations } from '#core/fit.ts';
import { observationSize, type EnvSpec } from '#core/env.ts';
import { show, type Problem } from '#core/errors.ts';
import { actionBuffer } from '#core/vector-env.ts';
import { Playback } from './playback.ts';
import type { WorldSetup } from '../world/setup.ts';
import { episodeSteps, recordedSteps, type Recording } from './recording.ts';
import type { WrapperSetup } from '../world/wrappers.ts';

/** Maximum bytes of observations: all of them are in memory at once. */
const MOST_BYTES = 2 ** 30;

/** Why an agent cannot learn from this recording, where `spec` is the world as it observes it. */
export function demonstrationProblems(
  recording: Recording,
  { world, params }: WorldSetup,
  { wrappers }: WrapperSetup,
  spec: EnvSpec,
): readonly Problem[] {
  const { header, episodes } = recording;
  if (header.world !== world.id) return [problem('world', header.world, world.id)];
  if (episodes.length === 0)
    return [{ field: 'demonstrations', expected: 'at least one episode', got: 'a recording without any' }];
  const problems = Object.entries(header.params)
    .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(params[key]))
    .map(([key, value]) => problem(`world.${key}`, value, params[key]));
  const { actionRepeat } = header.wrappers;
  if (actionRepeat !== wrappers.actionRepeat)
    problems.push(problem('wrap.actionRepeat', actionRepeat, wrappers.actionRepeat));
  // Demonstrations are observed before any step is played, when there are no statistics yet.
  const expected = 'false for an agent that learns from a recording';
  if (wrappers.normaliseObservation)
    problems.push({ field: 'wrap.normaliseObservation', expected, got: 'true' });
  const most = Math.floor(MOST_BYTES / (4 * observationSize(spec)));
  const steps = recordedSteps(recording, spec);
  if (steps > most)
    problems.push({ field: 'demonstrations', expected: `at most ${most} steps`, got: `${steps}` });
  return problems;
}

function problem(field: string, expected: unknown, got: unknown): Problem {
  return { field, expected: `${show(expected)}, as in the recording`, got: show(got) };
}

/** Replays all episodes. Throws an `InputError` that names an episode whose return differs from the recorded one. */
export function demonstrate(recording: Recording, view: WrapperSetup): Demonstrations {
  const playback = new Playback(recording, view);
  const { env, actions } = playback;
  const lengths = recording.episodes.map((episode) => episodeSteps(episode, env.spec));
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, k) => (starts[k + 1] = starts[k] + length));
  const steps = starts[lengths.length];
  const obs = new Float32Array(steps * env.obs.length);
  const all = actionBuffer(env.spec, steps);
  let row = 0;
  lengths.forEach((_, index) => {
    playback.begin(index);
    for (let more = true; more; row++) {
      obs.set(env.obs, row * env.obs.length);
      all.discrete.set(actions.discrete, row * actions.discrete.length);
      all.box.set(actions.box, row * actions.box.length);
      more = playback.step();
    }
  });
  return { obs, actions: all, starts };
}
