/** What comes and goes on the page covers something or has its place: nothing else moves. */
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** Where the parts of the page are that a reader looks at: left, top, width, height. */
function places(v: Visit): Promise<readonly (readonly number[])[]> {
  return v.page.evaluate(() =>
    ['.picture', '.dock', '.panel-world', '.panel-agent', '.run-title', '.numbers > :nth-child(5)'].map(
      (part) => {
        const { x, y, width, height } = document.querySelector(part)!.getBoundingClientRect();
        // The last one grows with its number.
        return part.startsWith('.numbers') ? [x, y] : [x, y, width, height];
      },
    ),
  );
}

test('a message covers a part of the picture and moves nothing', async () => {
  await using v = await visit(served, 'world=cart-pole&seed=-3&speed=1');
  await v.run().above('Steps', 5);
  const said = v.page.locator('.notice');
  await said.waitFor();
  await v.page.keyboard.press('Space');
  const before = await places(v);
  await v.button('Dismiss').click();
  await eventually(() => said.count()).toBe(0);
  expect(await places(v)).toEqual(before);
  expect(v.complaints).toEqual([]);
});

test('the numbers keep their places while they grow, and so does the picture in another state', async () => {
  await using v = await visit(served, 'world=taxi&speed=turbo');
  const run = v.run();
  await run.above('Steps', 5);
  const before = await places(v);
  await run.above('Steps', 100_000);
  expect(await places(v)).toEqual(before);
  await v.page.keyboard.press('Space');
  await eventually(() => run.state()).toBe('Paused');
  expect(await places(v)).toEqual(before);
  // Several worlds at once are named beside the state.
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('ppo');
  await v.page.getByText('World 1 of 8').waitFor();
  expect((await places(v)).slice(0, 2)).toEqual(before.slice(0, 2));
  expect(v.complaints).toEqual([]);
});
