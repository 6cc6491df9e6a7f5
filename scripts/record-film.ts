/**
 * Records what the page shows until its first run is ready: CartPole, played greedily by the agent that it opens with, trained
 * until it is good. Writes the film, a draw list per step, and the recording that a test replays to check the film:
 * `npx tsx scripts/record-film.ts`.
 */
import { writeFileSync } from 'node:fs';
import { createCompute } from '#host/compute.ts';
import {
  recordingHeader,
  recordingLine,
  type RecordedEpisode,
  type Recording,
} from '#train/recordings/recording.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { FIRST } from '#ui/state/permalink.ts';
import { filmOf, framesOf } from './film.ts';

const [FILM, RECORDING] = ['src/ui/first-sight/film.json', 'tests/unit/first-sight.recording.jsonl'];

/** Env steps between two looks, at most so many looks, and the mean greedy return that is good: the world's own threshold. */
const [LOOK, MOST, GOOD] = [5000, 40, 475];
/** Steps of the film: six seconds. */
const LENGTH = 300;

const setup = resolveRun({ ...FIRST.request, seed: 1 });
using compute = await createCompute('simd', { threads: 1 });
const run = await createRun(setup, compute);
let episodes: RecordedEpisode[] = [];
for (let look = 1; look <= MOST; look++) {
  await run.advance(() => run.progress >= look * LOOK);
  episodes = [];
  const { mean } = run.evaluate({ episodes: 20, seed: 1, record: (episode) => episodes.push(episode) });
  process.stdout.write(`${run.progress} steps: greedy return ${mean}\n`);
  if (mean >= GOOD) break;
  if (look === MOST) throw new Error(`film: expected a greedy return of ${GOOD}, got ${mean}`);
}
const header = recordingHeader(setup.world.create(setup.params), setup);
const cut = episodes.map((episode) => ({
  header,
  episodes: [{ ...episode, actions: episode.actions.slice(0, LENGTH), return: LENGTH, end: 'cut' as const }],
}));
const recording = cut.reduce((most, one) => (travel(one) > travel(most) ? one : most));
writeFileSync(RECORDING, recordingLine(header) + recordingLine(recording.episodes[0]));
writeFileSync(
  FILM,
  `${JSON.stringify({ title: setup.agent.title, trainedFor: run.progress, ...filmOf(recording) })}\n`,
);
run.dispose();

/** How much moves: of agents that are good at balancing, most hardly leave the middle. */
function travel(one: Recording): number {
  const { frames } = framesOf(one);
  return frames[0].reduce((sum, _, at) => {
    const values = frames.map((frame) => frame[at]);
    return sum + Math.max(...values) - Math.min(...values);
  }, 0);
}
