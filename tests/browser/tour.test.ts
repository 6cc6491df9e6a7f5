/** The classifier's tour on the built page in a real Chromium: predictions, real runs, and progress that is kept. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { servePage, visit, type Visit } from './page.ts';

const served = servePage();

const LINK = 'room=classifier&tab=tour';
const lessons = ({ page }: Visit): Locator => page.getByRole('navigation', { name: 'Lessons' });
const lesson = (v: Visit, name: string): Promise<void> => lessons(v).getByRole('button', { name }).click();
const answer = ({ page }: Visit, text: string): Locator => page.getByRole('radio', { name: text });
const said = ({ page }: Visit): Locator => page.getByRole('article').getByRole('status');

test('a user works AND out by hand after a prediction, and the tour remembers it', async () => {
  await using v = await visit(served, LINK);
  expect(await v.button('Next row').count()).toBe(0);
  await answer(v, 'Still (0, 0, 0)').check();
  const weights = v.page.getByRole('status', { name: 'Offset and weights' });
  const seen: string[] = [];
  for (let k = 0; k < 2; k++) {
    await v.button('Next row').click();
    await v.page.getByRole('list', { name: 'Steps so far' }).getByRole('listitem').nth(k).waitFor();
    seen.push(await weights.innerText());
  }
  expect(seen).toEqual(['(1, 1, 1)', '(0, 0, 1)']);
  await v.page.getByText('You predicted “Still (0, 0, 0)”; it is “(1, 1, 1)”.').waitFor();
  expect(await answer(v, '(1, 1, 1)').isDisabled()).toBe(true);

  // On to a pass without a mistake, after which nothing is left to do.
  const next = v.button('Next row');
  for (let k = 2; k < 60 && !(await v.page.getByText('A whole pass without a mistake').isVisible()); k++) {
    await next.click();
    await v.page.getByRole('list', { name: 'Steps so far' }).getByRole('listitem').nth(k).waitFor();
  }
  await v.page.getByText('A whole pass without a mistake').waitFor();
  expect(await next.isDisabled()).toBe(true);

  await lesson(v, 'Double descent');
  await v.page.reload();
  await v.page.getByRole('heading', { name: 'Double descent' }).waitFor();
  expect(await lessons(v).getByLabel('done').count()).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('lessons train on the page and say whether the prediction holds; any of them can be skipped', async () => {
  await using v = await visit(served, LINK);
  await v.button('Skip to: Logistic regression is one neuron').click();
  await answer(v, 'A straight line').check();
  await v.button('Run it').click();
  await said(v).getByText('As you predicted.').waitFor();
  await v.button('Next: More layers alone do not help').click();
  await v.button('Just show me').click();
  await v.button('Run it').click();
  await said(v).waitFor();
  expect(await said(v).innerText()).toMatch(
    /^[\d.]+ % without, [\d.]+ % with two linear layers, [\d.]+ % with tanh/,
  );
  expect(v.complaints).toEqual([]);
});

test('double descent and adversarial digits are shown by real runs, and leaving one ends it', async () => {
  await using v = await visit(served, LINK);
  await lesson(v, 'Overfitting, and dropout');
  await answer(v, 'It falls as well').check();
  await v.button('Run it').click();
  await v.page.getByRole('img', { name: /training curves: \d/ }).waitFor();
  await lesson(v, 'Double descent');
  await answer(v, 'It rises to a peak, then falls again').check();
  await v.button('Run it').click();
  await said(v).getByText('As you predicted.').waitFor();
  await lesson(v, 'Fooling a network');
  await answer(v, 'Fewer than half').check();
  await v.button('Run it').click();
  await said(v).getByText('As you predicted.').waitFor();
  const moved = v.page.getByRole('img', { name: /^Moved: says/ });
  const before = await moved.getAttribute('aria-label');
  await v.page.getByRole('slider', { name: 'ε' }).fill('0');
  await v.page.getByRole('img', { name: /^Moved: says 7 / }).waitFor();
  expect(await moved.getAttribute('aria-label')).not.toBe(before);
  expect(v.complaints).toEqual([]);
});
