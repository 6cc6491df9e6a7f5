/** What is kept beside the runs on the page: rows of the table of runs, and fits of the classifier's other tabs. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';
import { stored } from './stored.ts';

const served = servePage();

const LAKE = 'world=frozen-lake&agent=q-learning&seed=3';

const table = ({ page }: Visit): Locator => page.getByRole('region', { name: 'Runs of this session' });
const rows = async (v: Visit): Promise<readonly string[]> => {
  const names = await table(v)
    .getByRole('textbox', { name: /^Name of/ })
    .all();
  return Promise.all(names.map((name) => name.inputValue()));
};
const verdict = (v: Visit): Promise<string> => v.page.getByRole('status', { name: 'Verdict' }).innerText();
const parts = async (v: Visit): Promise<readonly string[]> =>
  (await stored(v.page, 'parts')).map((each) => (each as { readonly stamp: string }).stamp);

test('a reload brings the table of runs back, with its verdict, and a row of before can be restored', async () => {
  await using v = await visit(served, LAKE);
  await v.run().above('Episodes', 20);
  await v.button('Runs').click();
  const seeds = async (groups: number): Promise<void> => {
    const steps = table(v).getByRole('textbox', { name: 'Steps each' });
    await steps.fill('2000');
    await steps.press('Enter');
    await eventually(() => table(v).getByRole('row').filter({ hasText: 'Done' }).count()).toBe(groups);
  };
  await seeds(1);
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sarsa');
  await v.run().above('Steps', 10);
  await seeds(2);
  const first = table(v).getByRole('textbox', { name: 'Name of Run 1', exact: true });
  await first.fill('Where it began');
  await first.press('Enter');
  await v.page.keyboard.press('Escape');
  await eventually(() => verdict(v)).toContain('5 and 5 seeds');
  const said = await verdict(v);
  const before = await rows(v);
  expect(before).toEqual(['Run 2, 5 seeds', 'Run 2', 'Run 1, 5 seeds', 'Where it began']);
  await eventually(() => parts(v)).toContainEqual(expect.stringContaining('Where it began'));
  await eventually(async () => (await parts(v)).length).toBe(3);
  await v.page.reload();
  await v.run().above('Steps', 10);
  await v.button('Runs').click();
  await eventually(() => rows(v)).toEqual(before);
  await eventually(() => verdict(v)).toBe(said);
  await table(v).getByRole('button', { name: 'Restore the settings of Where it began' }).click();
  await eventually(() => v.hash()).toContain('agent=q-learning');
  await eventually(() => rows(v)).toEqual(['Run 3', ...before]);
  expect(v.complaints).toEqual([]);
});
