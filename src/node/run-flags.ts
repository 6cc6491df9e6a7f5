/** The flags that describe a run, shared by every command that makes one. */
import { resolveRun, type RunSetup } from '#train/request/resolve.ts';
import { networkSetting, type SavedNetwork } from '#train/checkpoints/weights.ts';
import { readPairs, wrong, type Arguments } from './arguments.ts';
import { readRecording } from './recording-file.ts';

export const runFlags = {
  agent: { type: 'string', description: 'Agent id (see `ludus agents`)', valueHint: 'id' },
  preset: { type: 'string', description: "A named set of the agent's settings", valueHint: 'name' },
  seed: { type: 'string', description: 'Seed of everything random (default 1)', valueHint: 'n' },
  set: { type: 'string', description: 'A setting of the agent', valueHint: 'key=value', repeatable: true },
  world: {
    type: 'string',
    description: 'A parameter of the world',
    valueHint: 'key=value',
    repeatable: true,
  },
  reward: {
    type: 'string',
    description: 'A reward weight of the world',
    valueHint: 'term=weight',
    repeatable: true,
  },
  wrap: {
    type: 'string',
    description: 'A wrapper around the world (see `ludus envs WORLD`)',
    valueHint: 'key=value',
    repeatable: true,
  },
  demonstrations: {
    type: 'string',
    description: 'A recording, for an agent that learns from one (see `ludus play --record`)',
    valueHint: 'file',
  },
} as const;

/** The run that the flags ask for on `world`. Where networks are given, its network is theirs unless a flag says another. */
export function readRun(
  given: Arguments,
  world: string | undefined,
  networks: readonly SavedNetwork[] = [],
): RunSetup {
  if (world === undefined) throw wrong('WORLD', 'a world id (see `ludus envs`)', 'nothing');
  const agent = given.text('agent');
  if (agent === undefined) throw wrong('--agent', 'an agent id (see `ludus agents`)', 'nothing');
  const preset = given.text('preset');
  const seed = given.text('seed');
  const shown = given.text('demonstrations');
  return resolveRun({
    world,
    agent,
    params: readPairs('world', given.list('world')),
    rewards: readPairs('reward', given.list('reward')),
    config: { ...networkSetting(agent, networks), ...readPairs('set', given.list('set')) },
    wrappers: readPairs('wrap', given.list('wrap')),
    ...(preset === undefined ? {} : { preset }),
    ...(seed === undefined ? {} : { seed }),
    ...(shown === undefined ? {} : { demonstrations: readRecording('--demonstrations', shown) }),
  });
}
