/** Several workers that learn together on the page: sharing memory where it is isolated, by messages where it is not. */
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

const LINK = 'world=cart-pole&agent=a3c&backend=simd&speed=turbo';

test('A3C learns with two workers, pauses, steps and resets', async () => {
  await using v = await visit(served, LINK);
  expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(true);
  const run = v.run();
  await run.above('Steps', 5000);
  expect([await run.title(), await run.state()]).toEqual(['A3C on CartPole', 'Learning']);
  expect(await run.card.getByText('2 workers, not reproducible').count()).toBe(1);
  await v.button('Pause').click();
  const paused = await run.atRest();
  await v.button('Single step').click();
  await eventually(() => run.number('Steps')).toBe(paused + 2);
  await v.page.waitForTimeout(300);
  expect(await run.number('Steps')).toBe(paused + 2);
  await v.button(/^Reset/).click();
  await eventually(() => run.number('Steps')).toBe(0);
  await v.button('Play').click();
  await run.above('Steps', 5000);
  expect(v.complaints).toEqual([]);
});

test('without isolation A3C is refused by the name of its workers, and learns with one', async () => {
  {
    await using v = await visit(served, LINK, { isolated: false });
    expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(false);
    await eventually(() => v.page.getByRole('alert').allInnerTexts()).toContainEqual(
      expect.stringContaining(
        'agent.workers: expected 1 on a page that is not cross-origin isolated, where threads cannot share memory, got 2',
      ),
    );
    expect(v.complaints).toEqual([]);
  }
  await using v = await visit(served, `${LINK}&agent.workers=1`, { isolated: false });
  const run = v.run();
  await run.above('Steps', 5000);
  expect([await run.title(), await run.state()]).toEqual(['A3C on CartPole', 'Learning']);
  expect(await run.card.getByText(/workers, not reproducible/).count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('when a worker crashes, the run goes on from its last checkpoint, and the message names it', async () => {
  await using v = await visit(served, LINK);
  const run = v.run();
  await run.above('Steps', 2000);
  const [, follower] = v.page.workers();
  await follower.evaluate(() => {
    setTimeout(() => {
      throw new Error('struck by lightning');
    });
  });
  await eventually(() => v.page.locator('.notice').allInnerTexts()).toContainEqual(
    expect.stringMatching(/worker 2 of 2 stopped: .*struck by lightning/),
  );
  await eventually(() => run.state()).toBe('Learning');
  await run.above('Steps', await run.number('Steps'));
});
