/** The forms as a user handles them: what is on top, what is folded away, found, changed and taken back. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const RAINBOW = 'world=cart-pole&agent=dqn&preset=rainbow&speed=1';

const settings = (v: Visit): Locator => v.panel(/^(Agent|Model)/).getByRole('group', { name: 'Settings' });
const slider = (v: Visit, name: string): Locator => settings(v).getByRole('slider', { name, exact: true });
const fold = (v: Visit, name: string): Locator =>
  settings(v).getByRole('button', { name: new RegExp(`^${name}`) });
/** What is drawn of the settings, by the names of their help. */
const drawn = async (v: Visit): Promise<readonly string[]> => {
  const names = await settings(v)
    .getByRole('button', { name: /^About / })
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''));
  return names.map((name) => name.replace('About ', ''));
};

test('the settings that matter are on top, all others one heading away', async () => {
  await using v = await visit(served, RAINBOW);
  await v.run().above('Steps', 5);
  expect(await drawn(v)).toEqual([
    'Learning rate',
    'Discount γ',
    'ε decay steps',
    'Final ε',
    'n-step returns',
    'Network',
  ]);
  await fold(v, 'Replay').press('Enter');
  await slider(v, 'Replay buffer size').waitFor();
  expect(await fold(v, 'Replay').getAttribute('aria-expanded')).toBe('true');
  // It stays open for another agent.
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sac');
  await slider(v, 'Replay buffer size').waitFor();
  await fold(v, 'Replay').press('Enter');
  await eventually(() => slider(v, 'Replay buffer size').count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

test('what is being typed stays while the form is drawn again', async () => {
  await using v = await visit(served, RAINBOW);
  await v.run().above('Steps', 5);
  const box = settings(v).getByRole('textbox', { name: 'Learning rate', exact: true });
  await box.fill('0.00');
  // Another value changes without the focus.
  await slider(v, 'Discount γ').evaluate((discount: HTMLInputElement) => {
    discount.value = '10';
    discount.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await eventually(() => v.hash()).toContain('agent.gamma=');
  expect(await box.inputValue()).toBe('0.00');
  await box.press('End');
  await v.page.keyboard.type('3');
  await v.page.keyboard.press('Enter');
  await eventually(() => v.hash()).toContain('agent.learningRate=0.003');
  expect(v.complaints).toEqual([]);
});

test('a search opens what it finds, also by former names and in other words; Escape clears it', async () => {
  await using v = await visit(served, RAINBOW);
  await v.run().above('Steps', 5);
  const search = settings(v).getByRole('searchbox', { name: 'Find a setting' });
  await search.fill('priority');
  await eventually(() => drawn(v)).toEqual(['Priority exponent α']);
  await search.fill('schaul prioritised');
  await eventually(() => drawn(v)).toEqual(['Prioritized replay', 'Initial importance exponent β']);
  await search.fill('warp drive');
  await settings(v).getByText('No setting is called “warp drive”.').waitFor();
  await search.press('Escape');
  await eventually(async () => (await drawn(v)).length).toBe(6);
  expect(await search.inputValue()).toBe('');
  expect(await v.run().state()).toBe('Learning');
  expect(v.complaints).toEqual([]);
});

test('what differs from the preset has a dot that takes it back, alone or with all others', async () => {
  await using v = await visit(served, `${RAINBOW}&agent.gamma=0.9`);
  await v.run().above('Steps', 5);
  const back = settings(v).getByRole('button', { name: /^Discount γ back to/ });
  expect(await back.getAttribute('title')).toBe('Preset rainbow: 0.98. Click to go back to it.');
  await back.click();
  await eventually(() => back.count()).toBe(0);
  const gamma = settings(v).getByRole('textbox', { name: 'Discount γ', exact: true });
  expect(await gamma.inputValue()).toBe('0.98');
  await eventually(() => v.hash()).not.toContain('gamma');
  await gamma.fill('0.95');
  await gamma.press('Enter');
  await fold(v, 'Replay').click();
  await slider(v, 'Batch size').press('ArrowRight');
  await fold(v, 'Replay').click();
  expect(await fold(v, 'Replay').innerText()).toMatch(/1 of \d+ changed/);
  const all = settings(v).getByRole('button', { name: 'Back to preset (2)' });
  await all.click();
  await eventually(() => all.count()).toBe(0);
  expect(await gamma.inputValue()).toBe('0.98');
  await eventually(() => v.hash()).not.toMatch(/gamma|batchSize/);
  expect(v.complaints).toEqual([]);
});

test('a setting that depends on another appears with it and keeps its value', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=ppo&speed=1');
  await v.run().above('Steps', 5);
  await fold(v, 'Network').click();
  const memory = settings(v).getByRole('combobox', { name: 'Memory', exact: true });
  const size = settings(v).getByRole('textbox', { name: 'Memory size', exact: true });
  await memory.waitFor();
  expect(await size.count()).toBe(0);
  await memory.selectOption('gru');
  await size.fill('33');
  await size.press('Enter');
  await memory.selectOption('none');
  await eventually(() => size.count()).toBe(0);
  // A search finds it all the same and says what it needs.
  await settings(v).getByRole('searchbox').fill('memory size');
  await settings(v).getByText('only when Memory is gru or lstm').waitFor();
  expect(await size.isDisabled()).toBe(true);
  await settings(v).getByRole('searchbox').press('Escape');
  await memory.selectOption('lstm');
  await eventually(() => size.inputValue()).toBe('33');
  expect(v.complaints).toEqual([]);
});

test('a heading opens over what is wrong below it', async () => {
  // A rollout of 8 × 64 steps has as many rows.
  await using v = await visit(served, 'world=cart-pole&agent=ppo&agent.minibatches=256&speed=1');
  await v.run().above('Steps', 5);
  expect(await fold(v, 'Learning').getAttribute('aria-expanded')).toBe('false');
  const envs = settings(v).getByRole('textbox', { name: 'Parallel environments', exact: true });
  await envs.fill('1');
  await envs.press('Enter');
  await v.button('Reset: start over with an untrained agent').click();
  await settings(v).getByRole('alert').waitFor();
  expect(await fold(v, 'Learning').getAttribute('aria-expanded')).toBe('true');
  await settings(v)
    .getByRole('button', { name: /^Minibatches back to/ })
    .click();
  await eventually(() => fold(v, 'Learning').getAttribute('aria-expanded')).toBe('false');
  expect(v.complaints).toEqual([]);
});

test('a sentence of help opens by key and closes with Escape', async () => {
  await using v = await visit(served, RAINBOW);
  await v.run().above('Steps', 5);
  const about = v.button('About n-step returns');
  const help = settings(v).getByText('Number of rewards that are summed before bootstrapping');
  expect(await help.isVisible()).toBe(false);
  await about.press('Enter');
  await help.waitFor();
  await about.press('Escape');
  await help.waitFor({ state: 'hidden' });
});

test('wrappers are folded away with the number in effect', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn&wrap.frameStack=2&speed=1');
  await v.run().above('Steps', 5);
  const wrappers = v.panel('World').getByRole('group', { name: 'Wrappers' });
  const head = wrappers.getByRole('button', { name: /^Wrappers/ });
  expect(await head.innerText()).toMatch(/1 on$/);
  expect(await wrappers.getByRole('switch').count()).toBe(0);
  await head.click();
  await wrappers.getByRole('switch', { name: 'Pixels' }).press('Space');
  await eventually(() => head.innerText()).toMatch(/2 on$/);
  expect(v.complaints).toEqual([]);
});

test('the room of the classifier has the same form', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&paused=1');
  await slider(v, 'Learning rate').waitFor();
  await fold(v, 'Optimizer').click();
  await slider(v, 'Momentum').waitFor();
  await settings(v).getByRole('combobox', { name: 'Optimizer', exact: true }).selectOption('sgd');
  await eventually(() => slider(v, 'Momentum').count()).toBe(0);
  await settings(v).getByRole('searchbox').fill('weight decay');
  await settings(v).getByText('only when Optimizer is adamw').waitFor();
  expect(v.complaints).toEqual([]);
});

test('on a phone, help and the way back are large enough for a finger', async () => {
  const context = await served.browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  const page = await context.newPage();
  await page.goto(`${served.site.url}#${RAINBOW}&agent.gamma=0.9`);
  const form = page.getByRole('group', { name: 'Settings' });
  const about = form.getByRole('button', { name: 'About Discount γ' });
  await about.tap();
  await form.getByText('What a reward one step later is worth now').waitFor();
  const back = form.getByRole('button', { name: /^Discount γ back to/ });
  for (const button of [about, back, form.getByRole('button', { name: /^Replay/ })]) {
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  }
  await back.tap();
  await eventually(() => back.count()).toBe(0);
  await form.getByRole('button', { name: /^Replay/ }).tap();
  await form.getByRole('slider', { name: 'Batch size', exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
  await context.close();
});

test('typing into the search of the longest form holds nothing up', async () => {
  await using v = await visit(served, RAINBOW);
  await v.run().above('Steps', 5);
  const search = settings(v).getByRole('searchbox');
  const watched = longTasks(v.page);
  await search.pressSequentially('e');
  await eventually(async () => (await drawn(v)).length).toBeGreaterThan(25);
  await search.press('Escape');
  expect(await watched).toEqual([]);
});
