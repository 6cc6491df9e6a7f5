/** The whole contract of a world, as a function. */
import { findWorld } from '#train/world/setup.ts';
import { worldId, type OwnWorld } from '../own.ts';
import { envDrawRules } from './env-draw-rules.ts';
import { envLoopRules } from './env-loop-rules.ts';
import { envModelRules } from './env-model-rules.ts';
import { envParamRules, envRangeRules, paramsOf } from './env-params-rules.ts';
import { settingsOf } from './env-play.ts';
import { envSpecRules } from './env-spec-rules.ts';
import { envStepRules } from './env-step-rules.ts';
import { conclude, lookAt, type ContractReport } from './rule.ts';

export interface CheckEnvOptions {
  /** Parameters whose effect random play seldom gets to see: of them none is demanded. */
  readonly rare?: readonly string[];
}

/**
 * Checks a world against the contract that every world of Ludus keeps, in every setting that its switches and choices offer: what it
 * says of itself, repeatable play, slots that do not touch each other, ends told apart, snapshots that lose nothing, its picture, its
 * model and its parameters. Throws a `ContractError` that names every broken rule.
 */
export async function checkEnv(
  world: OwnWorld,
  { rare = [] }: CheckEnvOptions = {},
): Promise<ContractReport> {
  const definition = findWorld(worldId(world));
  const settings = settingsOf(definition);
  const [asItComes] = settings;
  return conclude(
    await lookAt({
      rules: [...envSpecRules, ...envStepRules, ...envDrawRules, ...envModelRules],
      subjects: settings,
      nameOf: ({ name }) => name,
    }),
    await lookAt({ rules: envLoopRules, subjects: [asItComes], nameOf: ({ name }) => name }),
    await lookAt({
      rules: envParamRules,
      subjects: paramsOf(definition, rare),
      nameOf: ({ key }) => `${definition.id} ${key}`,
    }),
    await lookAt({ rules: envRangeRules, subjects: [definition], nameOf: ({ id }) => id }),
  );
}
