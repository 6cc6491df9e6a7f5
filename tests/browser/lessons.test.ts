/** The lessons of the arena by hand: one from its first step to its last, and the first and the prediction of every other. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const guide = ({ page }: Visit): Locator => page.getByRole('complementary', { name: /^Lesson: / });
const inGuide = (v: Visit, name: string): Locator => guide(v).getByRole('button', { name, exact: true });
const title = (v: Visit, name: string): Promise<void> =>
  guide(v).getByRole('heading', { name, exact: true }).waitFor();
const answer = (v: Visit, name: string | RegExp): Locator => guide(v).getByRole('radio', { name });
/** What is said of an answer. */
const said = (v: Visit): Locator => guide(v).locator('.tour-said');

async function pick(v: Visit, lesson: string): Promise<void> {
  await v.button('Lessons').click();
  const list = v.page.getByRole('dialog', { name: 'Lessons' });
  await list.getByRole('button', { name: new RegExp(`^${lesson.replace('?', '\\?')}`) }).click();
  await guide(v).getByRole('heading', { name: lesson, exact: true }).waitFor();
}

async function ticked(v: Visit, step: string): Promise<void> {
  await guide(v)
    .getByRole('button', { name: new RegExp(`: ${step}, done$`) })
    .waitFor();
}

/** What has the focus: its name, and what describes it. */
const focused = ({ page }: Visit): Promise<{ name: string; described: string }> =>
  page.evaluate(() => {
    const { activeElement: at } = document;
    const ids = at?.getAttribute('aria-describedby')?.split(' ') ?? [];
    return {
      name: at?.getAttribute('aria-label') ?? at?.textContent ?? '',
      described: ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' '),
    };
  });

test('a learner goes through a lesson, has the setup back afterwards, and the list remembers it', async () => {
  await using v = await visit(served, 'world=taxi&agent=sarsa&seed=5&speed=4');
  await v.run().above('Steps', 2);
  const own = await v.hash();
  await pick(v, 'What is a policy?');
  // What is lit has the focus, and a screen reader is told the text of the step.
  await eventually(() => v.run().title()).toMatch(/on FrozenLake$/);
  await eventually(() => focused(v)).toEqual({
    name: 'Picture of FrozenLake',
    described: expect.stringContaining('the number of its cell: the state'),
  });
  await eventually(() => v.hash()).toMatch(/^#lesson=policy&world=taxi&.*seed=5/);
  await ticked(v, 'States and actions');
  // By keyboard: on, and the focus is on what the step is about.
  await v.page.keyboard.press('l');
  await title(v, 'A rule for every state');
  await eventually(async () => (await focused(v)).name).toBe('Policy');
  expect(await inGuide(v, 'Skip').isVisible()).toBe(true);
  await v.page.keyboard.press('Space');
  await ticked(v, 'A rule for every state');
  await inGuide(v, 'Next').click();
  await v.button('Q').click();
  await ticked(v, 'Where the arrows come from');
  await inGuide(v, 'Next').click();

  await answer(v, 'Down, past the hole').check();
  await inGuide(v, 'Run it').click();
  await said(v).waitFor();
  expect(await said(v).innerText()).toMatch(
    /^You predicted “Down, past the hole”; it is “Left, into the edge”\. After 40,000 steps the arrow points left/,
  );
  expect(await answer(v, 'Down').isDisabled()).toBe(true);
  await eventually(() => v.button('16×').getAttribute('aria-pressed')).toBe('true');
  await inGuide(v, 'Next').click();

  await v.page.getByRole('switch', { name: 'Slippery' }).click();
  await v.page.keyboard.press('r');
  await v.button('Turbo').click();
  await ticked(v, 'Another world, another policy');
  await inGuide(v, 'Next').click();

  await answer(v, /^The shortest way/).check();
  await said(v).getByText('Not quite.').waitFor();
  await answer(v, /^A rule that gives/).check();
  await said(v).getByText('Right.').waitFor();
  await inGuide(v, 'Finish').click();
  await eventually(() => v.run().title()).toBe('SARSA on Taxi');
  await eventually(() => v.hash()).toBe(own);
  expect(await guide(v).count()).toBe(0);
  expect(await v.page.locator('[data-lit]').count()).toBe(0);

  await v.page.reload();
  await v.run().above('Steps', 2);
  await v.page.keyboard.press('l');
  const list = v.page.getByRole('dialog', { name: 'Lessons' });
  await list.getByRole('button', { name: /^What is a policy\?.*done$/ }).waitFor();
  expect(await list.getByLabel('done').count()).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('a teacher’s link opens a lesson without what it hides, and every lesson shows what it says', async () => {
  await using v = await visit(served, 'lesson=exploration&hide=backend,seed,compare&world=corridor');
  await guide(v).getByRole('heading', { name: 'Exploration', exact: true }).waitFor();
  const lessons = [
    ['Exploration', 'Five machines', 'Always the best so far', 'Less: it gets stuck with another one'],
    ['Discount', 'Two goals', 'An impatient agent', 'Left: 1 soon is worth more'],
    ['Reward hacking', 'What we want', 'A helping hand', 'To stay with the coin'],
    ['Policy gradients', 'A policy made of probabilities', 'How sure it is', 'Down'],
    ['Deep Q-learning', 'No table is large enough', 'How large can Q get?', /^A few tens/],
  ] as const;
  for (const [lesson, first, prediction, right] of lessons) {
    if (lesson !== 'Exploration') await pick(v, lesson);
    await title(v, first);
    await v.page.locator('[data-lit]').waitFor();
    if (lesson === 'Deep Q-learning') await v.button('Agent’s view').click();
    if (lesson === 'Reward hacking') await v.button('Turbo').click();
    await ticked(v, first);
    await guide(v)
      .getByRole('button', { name: new RegExp(`: ${prediction.replace('?', '\\?')}$`) })
      .click();
    await answer(v, right).check();
    await inGuide(v, 'Run it').click();
    await said(v).getByText('As you predicted.').waitFor();
  }
  expect(await v.page.getByLabel('Backend').count()).toBe(0);
  expect(await v.page.getByLabel('Seed').count()).toBe(0);
  expect(await v.button('Compare').count()).toBe(0);
  // A reload goes on at the step that was reached.
  await v.page.reload();
  await title(v, 'How large can Q get?');
  await inGuide(v, 'Leave the lesson').click();
  await eventually(() => v.run().title()).toMatch(/on Corridor$/);
  await eventually(() => v.hash()).toMatch(/^#world=corridor.*&hide=backend%2Cseed%2Ccompare/);
  expect(v.complaints).toEqual([]);
});
