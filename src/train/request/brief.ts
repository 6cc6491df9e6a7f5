/** A run's request as somebody would give it: without the values that it would have anyway. */
import { parseConfig } from '#core/config.ts';
import { formatRecording } from '../recordings/recording.ts';
import { wrapperTable } from '../catalogue/wrappers.ts';
import { resolveWorld } from '../world/setup.ts';
import type { NamedRequest, RunSetup } from './resolve.ts';

type Values = Readonly<Record<string, unknown>>;

/** A request that resolves to the same setup; demonstrations as the text of their recording. */
export function briefRequest({ request, world, agent }: RunSetup): NamedRequest {
  const { params, demonstrations, preset } = request;
  const base = preset === undefined ? undefined : agent.presets[preset]?.config;
  const { rewards } = resolveWorld({ world: world.id, params });
  return {
    world: world.id,
    params: unusual(params, parseConfig(world.params, {}, 'world')),
    rewards: unusual(request.rewards, rewards),
    wrappers: unusual(request.wrappers, parseConfig(wrapperTable, {}, 'wrap')),
    agent: agent.id,
    ...(preset !== undefined && { preset }),
    config: unusual(request.config, parseConfig(agent.config, {}, 'agent', base)),
    seed: request.seed,
    ...(demonstrations && { demonstrations: formatRecording(demonstrations) }),
  };
}

function unusual(values: Values, usual: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(usual[key])),
  );
}
