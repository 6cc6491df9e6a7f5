/**
 * Env steps per second of every world on one core: `VectorEnv.step` of 64 slots with random actions, including rewards, episode
 * statistics, resets and observations. Measure a world alone with `--only`: in one process, worlds share the JIT-compiled loop.
 */
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { drawActions } from '#core/random-actions.ts';
import { measureRate, type Row } from './row.ts';

const SLOTS = 64;
/** Action buffers drawn in advance, so that sampling is not timed. */
const PREPARED = 64;

export function* benchWorlds(filter: string): Iterable<Row> {
  for (const world of worlds) {
    if (!world.id.includes(filter)) continue;
    const streams = rngStreams(1);
    const env = new VectorEnv(world.create(world.params.parse({})), SLOTS, streams);
    const actions = randomActions(env, streams('benchmark'));
    const work = (): void => {
      for (const action of actions) env.step(action);
    };
    const value = measureRate(work, SLOTS * PREPARED);
    yield { suite: 'worlds', row: world.id, value, unit: 'steps/s', vs: {} };
  }
}

function randomActions(env: VectorEnv, rng: Rng): readonly ActionBuffer[] {
  return Array.from({ length: PREPARED }, () => {
    const buffer = actionBuffer(env.spec, env.n);
    drawActions(env, buffer, rng);
    return buffer;
  });
}
