/** A long visit costs no more than a short one: what runs leave behind when others take their place. */
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

/** A table, networks over a vector and over planes, actions from a box. */
const WORLDS = ['FrozenLake', 'Catch', 'Pendulum', 'CartPole'];
const ROUNDS = 4;
/** Of the heap per run: its row in the table, with a curve as long as these are. */
const MEGABYTES_PER_RUN = 0.3;

test('changing the world over and over leaves no tensors, no worker and nothing on the graphics card behind', async () => {
  // tfjs's own backend keeps count of tensors, which compiled steps hardly have.
  await using v = await visit(served, 'world=cart-pole&backend=cpu&speed=64', { counted: true });
  const { page } = v;
  await v.run().above('Steps', 0);
  const session = await page.context().newCDPSession(page);
  const megabytes = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
  };
  const held = async () => ({
    page: await page.evaluate(() => (globalThis as unknown as { held(): object }).held()),
    workers: page.workers().length,
    tensors: await page
      .workers()[0]
      .evaluate(() =>
        (globalThis as unknown as { _tfengine?: { memory(): { numTensors: number } } })._tfengine?.memory(),
      )
      .then((memory) => memory?.numTensors),
  });
  const round = async (): Promise<void> => {
    for (const world of WORLDS) {
      await v.panel('World').getByRole('combobox', { name: 'World' }).selectOption({ label: world });
      await eventually(() => v.run().title()).toMatch(new RegExp(` on ${world}$`));
      await v.run().above('Steps', 0);
    }
    // Between two steps nothing is half done.
    await v.button('Pause').click();
    await v.button('Play').waitFor();
  };
  const restarted = async (): Promise<void> => {
    await v.button('Play').click();
    await v.button('Pause').waitFor();
  };
  await round();
  const [first, begun] = [await held(), await megabytes()];
  expect(first.tensors).toBeGreaterThan(0);
  for (let k = 1; k < ROUNDS; k++) {
    await restarted();
    await round();
  }
  expect(await held()).toEqual(first);
  const runs = (ROUNDS - 1) * WORLDS.length;
  expect((await megabytes()) - begun).toBeLessThan(runs * MEGABYTES_PER_RUN);
  expect(v.complaints).toEqual([]);
});
