/**
 * Env steps per second of every world on one core: `VectorEnv.step` of 64 slots with random actions, including rewards, episode
 * statistics, resets and observations. Measure a world alone with `--only`: in one process, worlds share the JIT-compiled loop.
 */
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { findWorld } from '#train/world/setup.ts';
import { drawActions } from '#core/random-actions.ts';
import { measureRate, type Row } from './row.ts';

const SLOTS = 64;
/** Action buffers drawn in advance, so that sampling is not timed. */
const PREPARED = 64;

export function* benchWorlds(filter: string): Iterable<Row> {
  for (const { id } of worlds) {
    if (!id.includes(filter)) continue;
    yield {
      suite: 'worlds',
      row: id,
      value: measureRate(worldSteps(id), SLOTS * PREPARED),
      unit: 'steps/s',
      vs: {},
    };
  }
}

/** Plays a world on, and returns the number of env steps. */
export function worldSteps(id: string): () => number {
  const world = findWorld(id);
  const streams = rngStreams(1);
  const env = new VectorEnv(world.create(world.params.parse({})), SLOTS, streams);
  const actions = randomActions(env, streams('benchmark'));
  return () => {
    for (const action of actions) env.step(action);
    return SLOTS * PREPARED;
  };
}

function randomActions(env: VectorEnv, rng: Rng): readonly ActionBuffer[] {
  return Array.from({ length: PREPARED }, () => {
    const buffer = actionBuffer(env.spec, env.n);
    drawActions(env, buffer, rng);
    return buffer;
  });
}
