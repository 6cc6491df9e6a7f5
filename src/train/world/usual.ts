/** What is known of a world's returns holds under its default rules only. */
import { knownScores, type KnownScores } from '../catalogue/known-scores.ts';
import type { WorldSetup } from './setup.ts';

/** The returns to compare with, of a world whose parameters and reward weights are the defaults. */
export function knownScoresOf({ world, params, rewards }: WorldSetup): KnownScores | undefined {
  const { spec } = world.create(params);
  const isUsual =
    JSON.stringify(params) === JSON.stringify(world.params.parse({})) &&
    spec.rewards.every(({ id, weight }) => rewards[id] === weight);
  return isUsual && Object.hasOwn(knownScores, world.id) ? knownScores[world.id] : undefined;
}
