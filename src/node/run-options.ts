/** The options that describe a run, shared by every command that makes one. */
import type { Command } from '@commander-js/extra-typings';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { networkSetting, type SavedNetwork } from '#train/checkpoints/weights.ts';
import { pairsOption, textOption, wrong, type Pairs } from './options.ts';
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
  return pairsOption('--reward <term=weight>', 'Weight of one term of the reward');
}

export function seedOption() {
  return textOption('--seed <n>', 'Random seed; the same seed gives the same run').default(1);
}

/** The run that the options describe on `world`. With `networks`, the network is theirs unless `--set` names another. */
export function readRun(
  options: RunOptions,
  world: string | undefined,
  networks: readonly SavedNetwork[] = [],
): RunSetup {
  if (world === undefined) throw wrong('world', 'a world id (see `ludus envs`)', 'nothing');
  const { agent, preset, set = {}, world: params = {}, reward: rewards = {}, wrap: wrappers = {} } = options;
  const { seed, demonstrations: file } = options;
  return resolveRun({
    world,
    ...(agent === undefined ? {} : { agent }),
    params,
    rewards,
    config: { ...networkSetting(agent ?? defaultAgent(world).agent, networks), ...set },
    wrappers,
    ...(preset === undefined ? {} : { preset }),
    ...(seed === undefined ? {} : { seed }),
    ...(file === undefined ? {} : { demonstrations: readRecording('--demonstrations', file) }),
  });
}
