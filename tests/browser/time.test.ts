/** The time machine on the built page, as a user goes back with it. */
import { expect, it } from 'vitest';
import { colours, eventually, servePage, visit } from './page.ts';

const served = servePage();

it('scrubs back by keyboard, watches, tests, jumps to a moment, continues from there and returns', async () => {
  await using v = await visit(served, 'world=frozen-lake&agent=q-learning&speed=turbo&seed=3');
  const { page, complaints } = v;
  const run = v.run();
  await run.above('Steps', 30_000);
  await v.button('Time').click();
  const tab = page.getByRole('region', { name: 'Time', exact: true });
  const slider = tab.getByRole('slider', { name: 'Checkpoint' });
  const place = tab.getByRole('status', { name: 'Place in time' });
  await slider.focus();
  await page.keyboard.press('Home');
  await eventually(() => place.innerText()).toBe('Chosen: before any training');
  await eventually(() =>
    colours(tab.getByRole('img', { name: 'What is played of the past' })),
  ).toBeGreaterThan(2);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await eventually(() => place.innerText()).toMatch(/^Chosen: [\d,]+ steps, [\d,]+ episodes/);
  // The run has gone on meanwhile.
  expect(await run.state()).toBe('Learning');

  await tab.getByRole('button', { name: /first reward/ }).click();
  await v.button('10').click();
  await eventually(() => tab.locator('figcaption').innerText()).toContain('Episode 10, as it was');
  await tab.getByRole('combobox').selectOption('5');
  await v.button('Test without exploration').click();
  const result = tab.getByRole('status', { name: 'Result of the test' });
  await eventually(() => result.innerText()).toMatch(
    /^At [\d,]+ [\d.]+ ± [\d.]+, now [\d.]+ ± [\d.]+ \(.*seed 3\)$/,
  );

  // Its own steps, not those that the last batch told.
  const chosen = /^Chosen: ([\d,.]+( M)?) steps/.exec(await place.innerText())?.[1];
  await page.keyboard.press('Space');
  await eventually(() => run.state()).toBe('Paused');
  await v.button('Continue from here').click();
  await eventually(() => run.value('Steps')).toBe(chosen);
  const back = tab.getByRole('button', { name: /^Return to/ });
  const left = (await back.innerText()).replace('Return to ', '');
  await back.click();
  await eventually(() => run.value('Steps')).toBe(left);
  expect(complaints).toEqual([]);
});

it('shows what the agent gets from the start that the user had, and a trained agent, which goes on training', async () => {
  await using v = await visit(served, 'world=frozen-lake&world.slippery=false&agent=q-learning&speed=turbo');
  const run = v.run();
  await run.above('Steps', 50_000);
  await v.page.keyboard.press('h');
  await v.button(/new episode/).waitFor();
  for (const key of ['ArrowRight', 'ArrowDown']) await v.page.keyboard.press(key);
  await eventually(() => run.value('Last episode')).toContain('0 in 2 steps');
  await eventually(() => run.value('Agent, same start')).toBe('1 in 6 steps');
  await v.page.keyboard.press('Escape');

  await v.button('Trained agents').click();
  const dialog = v.page.getByRole('dialog', { name: 'Trained agents' });
  await dialog.getByRole('button', { name: /^CartPole/ }).click();
  const episode = dialog.getByRole('status', { name: 'Episode' });
  await eventually(() => episode.innerText()).toMatch(/^Return [1-9]\d* in/);
  expect(await colours(dialog.getByRole('img', { name: 'CartPole, played' }))).toBeGreaterThan(2);
  expect(await dialog.innerText()).toMatch(/Without exploring: \d+ ± \d+ over 20 episodes/);
  await dialog.getByRole('button', { name: 'Go on training' }).click();
  await eventually(() => run.title()).toContain('PPO on CartPole');
  await run.above('Steps', 60_000);
  expect(await dialog.count()).toBe(0);
  expect(await run.card.locator('.first-sight').innerText()).toMatch(/^Live: this agent goes on learning\./);
  expect(v.complaints).toEqual([]);
});
