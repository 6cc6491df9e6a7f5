/** Weights of other programs in an agent of ours: a file of any name, and a softmax only where logits are meant. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { child } from '#core/snapshot.ts';
import { createCompute } from '#host/compute.ts';
import { readWeights } from '#node/weights-file.ts';
import { extractNetworks, plantNetworks } from '#train/checkpoints/networks.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';

const models = fileURLToPath(new URL('../fixtures/layers-models/', import.meta.url));
/** Two inputs, as MountainCar has, a hidden layer, three actions and a softmax. */
const classifier = join(models, 'sequential-tutorial-keras');
const folder = mkdtempSync(join(tmpdir(), 'ludus-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Copies a model, its file of numbers under another name. */
function renamed(name: string): string {
  const json = JSON.parse(readFileSync(join(classifier, 'model.json'), 'utf8')) as {
    weightsManifest: { paths: string[] }[];
  };
  const [group] = json.weightsManifest;
  const to = mkdtempSync(join(folder, 'model-'));
  writeFileSync(join(to, name), readFileSync(join(classifier, group.paths[0])));
  group.paths = [name];
  writeFileSync(join(to, 'model.json'), JSON.stringify(json));
  return to;
}

describe('a file of weights', () => {
  it.each(['my weights.bin', 'Gewichte für Ämter.bin', '权重 (1).bin', '..bin', "it's 50 %.bin"])(
    'may be named %s',
    async (name) => {
      expect(await readWeights(renamed(name))).toEqual(await readWeights(classifier));
    },
  );
});

/** The outputs of the agent's first network after the classifier was loaded into it. */
async function plant(agent: string): Promise<Float32Array> {
  const networks = await readWeights(classifier);
  // Its dropout does nothing when it acts.
  const network = [{ kind: 'dense', units: 4, activation: 'relu' }];
  const setup = resolveRun({ world: 'mountain-car', agent, config: { network } });
  using compute = await createCompute('simd', { threads: 1 });
  const run = await createRun(setup, compute);
  try {
    await plantNetworks(run, networks, 'test');
    const [first] = extractNetworks(setup, child(await run.snapshot(), 'agent'));
    return first.block;
  } finally {
    run.dispose();
  }
}

describe('a network that ends with a softmax', () => {
  it.each(['ppo', 'a2c', 'reinforce'])('is the policy of %s, whose outputs are logits', async (agent) => {
    const [{ block }] = (await readWeights(classifier)).networks;
    expect(await plant(agent)).toEqual(block);
  });

  it.each(['dqn', 'pqn'])('is refused as the values of %s', async (agent) => {
    await expect(plant(agent)).rejects.toThrow(
      'weights.q: expected a network without a softmax at its end, since the outputs of q are no logits, got one with a softmax',
    );
  });

  it('is refused as a policy over continuous actions', async () => {
    const setup = resolveRun({ world: 'pendulum', agent: 'ppo' });
    using compute = await createCompute('simd', { threads: 1 });
    const run = await createRun(setup, compute);
    const [policy] = extractNetworks(setup, child(await run.snapshot(), 'agent'));
    await expect(plantNetworks(run, { networks: [{ ...policy, softmax: true }] }, 'test')).rejects.toThrow(
      'weights.policy: expected a network without a softmax',
    );
    run.dispose();
  });
});
