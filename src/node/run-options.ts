/** The options that describe a run, shared by every command that makes one. */
import type { Command } from '@commander-js/extra-typings';
import type { z } from 'zod';
import { describe, parseConfig } from '#core/config.ts';
import { InputError, refusal, type Problem } from '#core/errors.ts';
import { withoutEffect } from '#core/when.ts';
import { augmentationTable } from '#data/augment.ts';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import type { FitSetup } from '#train/request/resolve-fit.ts';
import type { WorldSetup } from '#train/world/setup.ts';
import { settingsFor } from '#train/checkpoints/play-settings.ts';
import { networkSetting, type SavedWeights } from '#train/checkpoints/weights.ts';
import { pairsOption, textOption, type Pairs } from './options.ts';
import { readRecording } from './recording-file.ts';

export interface RunOptions {
  readonly agent?: string | undefined;
  readonly preset?: string | undefined;
  readonly set?: Pairs | undefined;
  readonly world?: Pairs | undefined;
  readonly reward?: Pairs | undefined;
  readonly wrap?: Pairs | undefined;
  readonly demonstrations?: string | undefined;
  readonly seed?: string | number | undefined;
}

/** The options of a run but its seed, whose default depends on the command. */
export const RUN_OPTIONS = ['agent', 'preset', 'set', 'world', 'reward', 'wrap', 'demonstrations'] as const;

/** Declares `RUN_OPTIONS`. */
export function withRunOptions<Args extends unknown[]>(command: Command<Args>) {
  return command
    .addOption(
      textOption(
        '--agent <id>',
        'Algorithm (see `ludus agents`); by default the one that the world starts with',
      ),
    )
    .addOption(
      textOption('--preset <name>', "Named set of the agent's settings (see `ludus agents <agent>`)"),
    )
    .addOption(pairsOption('--set <key=value>', 'Setting of the agent'))
    .addOption(worldOption())
    .addOption(rewardOption())
    .addOption(pairsOption('--wrap <key=value>', 'Wrapper around the world, e.g. frameStack=4'))
    .addOption(
      textOption(
        '--demonstrations <file>',
        'Recording for an agent that imitates (see `ludus play --record`)',
      ),
    );
}

export function worldOption() {
  return pairsOption('--world <key=value>', 'Parameter of the world (see `ludus envs <world>`)');
}

export function rewardOption() {
  return pairsOption(
    '--reward <term=weight>',
    'Weight of one term of the reward, or formula=…, potential=…, bonus=… to add to it (see README)',
  );
}

export function seedOption() {
  return textOption('--seed <n>', 'Random seed; the same seed gives the same run').default(1);
}

/** The run that the options describe on `world`. With `weights`, what they need is theirs unless an option says something else. */
export function readRun(options: RunOptions, world: string | undefined, weights?: SavedWeights): RunSetup {
  if (world === undefined) throw refusal('world', 'a world id (see `ludus envs`)', 'nothing');
  const { agent, preset, set = {}, world: params = {}, reward: rewards = {}, wrap: wrappers = {} } = options;
  const { seed, demonstrations: file } = options;
  const theirs = settingsFor(weights?.settings, world);
  const setup = resolveRun({
    world,
    ...(agent === undefined ? {} : { agent }),
    params: { ...theirs.params, ...params },
    rewards,
    config: { ...networkSetting(agent ?? defaultAgent(world).agent, weights?.networks ?? []), ...set },
    wrappers: { ...theirs.wrappers, ...wrappers },
    ...(preset === undefined ? {} : { preset }),
    ...(seed === undefined ? {} : { seed }),
    ...(file === undefined ? {} : { demonstrations: readRecording('--demonstrations', file) }),
  });
  const presetValues = preset === undefined ? {} : setup.agent.presets[preset].config;
  refuseIdle(idleWorld(setup, params), idle(setup.agent.config, set, setup.config, presetValues, 'agent'));
  return setup;
}

/** Values for the world that change nothing. */
export function idleWorld(
  { world, params }: WorldSetup,
  given: Readonly<Record<string, unknown>>,
): readonly Problem[] {
  return idle(world.params, given, params, {}, 'world');
}

/** Values for a fit that change nothing. */
export function idleFit(
  { model, config, data, dataConfig, augment, request }: FitSetup,
  given: Readonly<Record<'set' | 'data' | 'augment', Readonly<Record<string, unknown>>>>,
): readonly Problem[] {
  const preset = request.preset === undefined ? undefined : model.presets[request.preset];
  return [
    ...idle(model.config, given.set, config, preset?.config ?? {}, 'model'),
    ...idle(data.config, given.data, dataConfig, {}, 'data'),
    ...idle(augmentationTable, given.augment, augment, preset?.augment ?? {}, 'augment'),
  ];
}

/** Refuses values that change nothing: somebody typed them to change something. */
export function refuseIdle(...problems: readonly (readonly Problem[])[]): void {
  if (problems.flat().length > 0) throw new InputError(problems.flat());
}

function idle(
  table: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, unknown>>,
  base: Readonly<Record<string, unknown>>,
  where: string,
): readonly Problem[] {
  const fields = describe(table);
  const defaults = parseConfig(table, {}, where, base);
  return withoutEffect(
    fields,
    given,
    (key) => values[key],
    (key) => defaults[key],
    where,
  );
}
