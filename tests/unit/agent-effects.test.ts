/**
 * Settings that have no effect beside others change no bit of a run, and have one beside what their table asks for: over
 * every agent that has such settings.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Compute } from '#compile/step.ts';
import { describe as describeFields, type FieldDescription } from '#core/config.ts';
import { createCompute } from '#host/compute.ts';
import { ends, meeting, missing } from '#package/contract/conditions.ts';
import { fingerprint } from '#tests/fingerprints/runs.ts';
import { agents } from '#train/catalogue/agents.ts';

type Config = Readonly<Record<string, unknown>>;

/** Where an agent learns within few steps, with settings that make it do so; the tabular ones do on the cliff. */
const places: Readonly<Record<string, { readonly world: string; readonly config?: Config }>> = {
  dqn: {
    world: 'cart-pole',
    config: { learningStarts: 64, batchSize: 8, network: [{ kind: 'dense', units: 8 }] },
  },
  td3: { world: 'pendulum', config: { learningStarts: 64, batchSize: 8 } },
  ppo: { world: 'cart-pole', config: { numEnvs: 2, steps: 32 } },
  pqn: { world: 'cart-pole', config: { numEnvs: 2, steps: 32 } },
  reinforce: { world: 'cart-pole' },
};
const STEPS = 500;

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd', { threads: 1 });
});
afterAll(() => compute[Symbol.dispose]());

const marked = agents.flatMap((agent) =>
  describeFields(agent.config)
    .filter(({ when }) => when !== undefined)
    .map((field) => ({ id: agent.id, key: field.key, field, fields: describeFields(agent.config) })),
);

/** Other values than a field's default: of a number half, and if it is not a count a millionfold, within its range. */
function others(field: FieldDescription): readonly unknown[] {
  if (field.kind !== 'number') return ends(field).filter((value) => value !== field.default);
  const within = (value: number) => Math.min(field.max, Math.max(field.min, value));
  if (field.integer) return [within(Math.floor(field.default / 2))];
  return [within(field.default / 2), within(field.default * 1e6)];
}

describe.each(marked)('$id $key', ({ id, key, field, fields }) => {
  const { world, config } = places[id] ?? { world: 'cliff-walking' };
  const run = (given: Config) => {
    const request = { world, agent: id, seed: 3, config: { ...config, ...given } };
    return fingerprint({ name: id, steps: STEPS, request: () => request }, compute);
  };

  it('changes no bit where it has no effect', async () => {
    for (const unmet of missing(fields, key)) {
      const before = await run(unmet);
      for (const value of others(field)) expect(await run({ ...unmet, [key]: value })).toBe(before);
    }
  });

  it('changes some where it has one', async () => {
    const met = meeting(fields, key);
    const before = await run(met);
    const after = await Promise.all(others(field).map((value) => run({ ...met, [key]: value })));
    expect(after.some((hash) => hash !== before)).toBe(true);
  });
});
