/** A graphics card that goes away while tfjs trains on it, in a real Chromium. */
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';
import { OUTSIDE } from './resources.ts';

const served = servePage();

test('a lost WebGL context of tfjs ends the run with a message, and a restart goes on', async () => {
  const small = 'agent.learningStarts=100&agent.batchSize=16&agent.gradientSteps=1&agent.network=[8]';
  await using v = await visit(served, `world=cart-pole&agent=dqn&backend=webgl&speed=turbo&${small}`, {
    worker: OUTSIDE,
  });
  const run = v.run();
  await run.above('Steps', 150);
  expect(await v.page.getByRole('status', { name: 'Backend in use' }).innerText()).toMatch(/webgl/);
  const [worker] = v.page.workers();
  await worker.evaluate('outside.loseContexts()');
  const restart = v.button('Restart');
  await restart.waitFor();
  expect(await run.state()).toBe('Stopped');
  expect(await v.page.getByRole('alert').innerText()).toContain('the GPU was lost (its WebGL context)');
  await restart.click();
  await eventually(() => run.state()).toBe('Learning');
  await run.above('Steps', 150);
  expect(await restart.count()).toBe(0);
});
