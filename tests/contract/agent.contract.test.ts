/** Every registered agent in the first world that it plays, and with each of its presets. */
import { afterAll, describe } from 'vitest';
import { createCompute } from '#host/compute.ts';
import { agentRules, presetRules } from '#package/contract/agent-rules.ts';
import { worldFor } from '#package/contract/agent-runs.ts';
import { agents } from '#train/catalogue/agents.ts';
import { itHolds } from './hold.ts';

const compute = await createCompute('simd');
afterAll(() => compute[Symbol.dispose]());

describe.each(agents)('agent $id', (agent) => {
  itHolds(agentRules, { agent, world: worldFor(agent), compute });
});

const presets = agents.flatMap((agent) =>
  Object.keys(agent.presets).map((preset) => ({ id: agent.id, preset, agent })),
);

describe.each(presets)('agent $id, preset $preset', ({ agent, preset }) => {
  itHolds(presetRules, { agent, preset, world: worldFor(agent, { preset }), compute });
});
