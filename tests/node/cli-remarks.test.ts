import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

/** What `train` says on standard error. */
async function said(...settings: readonly string[]): Promise<string> {
  const out = join(temporaryFolder(), 'run');
  const { code, stderr } = await ludus('train', 'cart-pole', ...settings, '--episodes', '0', '--out', out);
  expect(code).toBe(0);
  return stderr;
}

it('says that no update was made, and why', async () => {
  expect(await said('--agent', 'dqn', '--steps', '800')).toBe(
    'note: no update yet: the replay buffer fills until step 1000 (learningStarts)\n',
  );
  expect(await said('--agent', 'ppo', '--steps', '200')).toBe(
    'note: no update yet: the first one comes after 512 steps (numEnvs × steps)\n',
  );
  expect(await said('--agent', 'ppo', '--steps', '600')).toBe('');
});

it('says that the learning rate has come to 0, and shows it as a metric', async () => {
  const out = join(temporaryFolder(), 'run');
  const args = ['--agent', 'ppo', '--set', 'learningRateSteps=1024', '--steps', '1024', '--episodes', '0'];
  expect((await ludus('train', 'cart-pole', ...args, '--out', out)).stderr).toBe('');
  const resumed = await ludus('train', '--resume', out, '--steps', '2048', '--episodes', '0');
  expect(resumed.stderr).toBe(
    'note: the learning rate has been 0 from step 1024 on (learningRateSteps): nothing is learned after it\n',
  );
  const [names, ...rows] = readFileSync(join(out, 'metrics.csv'), 'utf8').trimEnd().split('\n');
  const column = names.split(',').indexOf('train/learning-rate');
  expect(rows.map((row) => Number(row.split(',')[column]))).toEqual([0.0005, 0, 0, 0]);
});

it('says that a loaded network still explores from the initial ε', async () => {
  const [first, model, second] = [0, 1, 2].map(() => join(temporaryFolder(), 'run')) as [
    string,
    string,
    string,
  ];
  const train = ['train', 'cart-pole', '--agent', 'dqn', '--steps', '1100', '--episodes', '0'];
  await ludus(...train, '--out', first);
  await ludus('export', first, '--format', 'safetensors', '--out', model);
  const { code, stderr } = await ludus(...train, '--weights', model, '--out', second);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'note: exploration still starts at ε = 1; lower epsilonStart to use the loaded network from the start\n',
  );
});
