/** Recordings of random play, for tests: real worlds, real recorder, every slot's last episode cut. */
import type { EnvSpec } from '#core/env.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, type ActionBuffer } from '#core/vector-env.ts';
import type { LearnerDefinition } from '#train/catalogue/agents.ts';
import { resolveWorld, setWeights } from '#train/world/setup.ts';
import { EpisodeRecorder } from '#train/recordings/episode-recorder.ts';
import { recordingHeader, type RecordedEpisode, type Recording } from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';

const SLOTS = 3;

/** So many steps of three slots. */
export function randomRecording(
  world: string,
  seed: number,
  steps: number,
  rewards: Readonly<Record<string, unknown>> = {},
): Recording {
  const played = resolveWorld({ world, rewards });
  const { kernel } = played;
  const recorder = new EpisodeRecorder(kernel, SLOTS, rngStreams(seed), 'chance');
  const { env } = recorder;
  setWeights(env, played);
  const rng = rngStreams(seed)('actions');
  const actions = actionBuffer(kernel.spec, SLOTS);
  const episodes: RecordedEpisode[] = [];
  const take = (i: number): void => {
    const episode = recorder.take(i);
    if (episode) episodes.push(episode);
  };
  for (let t = 0; t < steps; t++) {
    choose(kernel.spec, actions, rng);
    recorder.note(actions);
    env.step(actions);
    for (let i = 0; i < SLOTS; i++) if (env.terminated[i] | env.truncated[i]) take(i);
  }
  for (let i = 0; i < SLOTS; i++) take(i);
  return { header: recordingHeader(kernel, { ...played, wrappers: wrapperTable.parse({}) }), episodes };
}

function choose({ action }: EnvSpec, { discrete, box }: ActionBuffer, rng: Rng): void {
  if (action.kind === 'discrete')
    for (let i = 0; i < discrete.length; i++) discrete[i] = rng.integer(action.names.length);
  else
    for (let k = 0; k < box.length; k++) {
      const [low, high] = [action.low, action.high].map((edge) => edge[k % edge.length]);
      box[k] = low + (high - low) * rng.uniform();
    }
}

/** What a run of this agent in this world has to be given beside its settings. */
export function givenTo(agent: LearnerDefinition, world: string): { readonly demonstrations?: Recording } {
  return agent.needs === 'demonstrations' ? { demonstrations: randomRecording(world, 1, 60) } : {};
}
