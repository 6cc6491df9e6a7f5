/** Whether the page can be used by all: axe finds nothing in any room, the main path needs no mouse, and nothing moves unasked. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit, type Visit } from './page.ts';
import { finishedSweep, HALVING, PBT } from './sweep-run.ts';

const served = servePage();

const LOOKS = ['dark', 'light'] as const;
const WIDTHS = [1440, 390];

/** What axe finds: in the page in both looks, on a wide screen and on a phone; in a part of it dark and wide, light and narrow. */
async function found({ page }: Visit, part?: string): Promise<readonly string[]> {
  const all: string[] = [];
  for (const width of WIDTHS)
    for (const look of LOOKS) {
      const isMain = (look === 'dark') === (width === WIDTHS[0]);
      if (part !== undefined && !isMain) continue;
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: look });
      // In one go, in the page itself, which has no frames, and without all that is well of every element.
      const axe = new AxeBuilder({ page })
        .include(part ?? 'body')
        .setLegacyMode(true)
        .options({ resultTypes: ['violations'] });
      // The other look has other colours, and nothing else.
      const { violations, passes } = await (isMain ? axe : axe.withRules('color-contrast')).analyze();
      if (passes.length === 0) all.push(`${part}: no rule applies`);
      for (const { id, nodes } of violations)
        all.push(...nodes.map(({ html }) => `${id} at ${width} ${look}: ${html.slice(0, 200)}`));
    }
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
  return all;
}

async function paused(v: Visit): Promise<void> {
  await v.button('Pause').click();
  await v.button('Play').waitFor();
}

test('axe finds nothing in the arena: forms with their help, overlays, a bad link, every tab of the dock', async () => {
  await using v = await visit(
    served,
    'world=grid-world&agent=q-learning&speed=64&b.agent=dqn&agent.gamma=7&show=bars,values,q,policy,visits,update,eye,v',
  );
  await v.run('B').above('Steps', 5);
  await paused(v);
  await v.page
    .locator('.fold-head[aria-expanded=false]')
    .evaluateAll((folds) => folds.forEach((fold) => (fold as HTMLElement).click()));
  await v.button('About Step size α').click();
  await v.page.getByText('Add to the reward').click();
  await v.button('Export Return per episode').click();
  expect(await found(v)).toEqual([]);
  await v.button('Runs').click();
  await v.page.getByRole('table').filter({ hasText: 'Mean return' }).waitFor();
  expect(await found(v, '.dock')).toEqual([]);
  await v.run('B').card.getByRole('heading').click();
  await v.button('Network').click();
  await v.button('Edit a copy').click();
  await v.page.getByRole('combobox', { name: 'Kind of layer 1' }).waitFor();
  expect(await found(v, '.dock')).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('axe finds nothing in the dialogs of the arena, nor while a user plays', async () => {
  await using v = await visit(served, 'world=grid-world&agent=q-learning');
  await v.run().above('Steps', 5);
  await paused(v);
  await v.button('Browse worlds').click();
  await v.page.getByRole('dialog', { name: 'Worlds' }).getByRole('button').nth(5).waitFor();
  expect(await found(v, 'dialog')).toEqual([]);
  await v.page.keyboard.press('Escape');
  await v.button('Edit level').click();
  await v.page.getByRole('dialog').waitFor();
  expect(await found(v, 'dialog')).toEqual([]);
  await v.page.keyboard.press('Escape');
  await v.page.keyboard.press('h');
  await eventually(() => v.run().state()).toBe('You are playing');
  expect(await found(v, 'main')).toEqual([]);
  await v.page.keyboard.press('Escape');
  await v.panel('World').getByRole('combobox', { name: 'World' }).selectOption('highway');
  await v.button('Draw road').click();
  await v.button('Random').click();
  expect(await found(v, 'dialog')).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('axe finds nothing in the classifier’s room: every tab, every view, every lesson', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&paused=1');
  await v.button('One epoch').click();
  await v.page.getByRole('heading', { name: 'Confusion' }).waitFor();
  await v.page.locator('.confusion [data-cell="0"]').click();
  await v.page.getByRole('region', { name: 'setosa taken for setosa' }).waitFor();
  await v.button('Build the network').click();
  await v.button('Edit a copy').waitFor();
  expect(await found(v)).toEqual([]);
  const digits = 'room=classifier&tab=draw&model=lenet&data.trainLimit=2000&paused=1';
  await v.page.evaluate((link) => (location.hash = link), digits);
  await v.button('Test picture').click();
  await v.page.getByRole('list', { name: 'Layers' }).waitFor();
  expect(await found(v, 'main')).toEqual([]);
  await v.button('Look inside').click();
  for (const view of ['Dropout', 'Fooling', 'Loss landscape', 'Neurons']) {
    await v.button(view).click();
    expect(await found(v, 'main')).toEqual([]);
  }
  await v.button('Playground').click();
  await v.button(/^Bias of neuron 1 of layer 1/).waitFor();
  expect(await found(v)).toEqual([]);
  await v.button('Tour').click();
  for (const lesson of await v.page.getByRole('navigation', { name: 'Lessons' }).getByRole('button').all()) {
    await lesson.click();
    expect(await found(v, 'main')).toEqual([]);
  }
  expect(v.complaints).toEqual([]);
});

test('axe finds nothing in the room of sweeps: empty, refused, a family, rungs', async () => {
  await using v = await visit(served, 'room=sweeps');
  const files = v.page.locator('input[type=file]');
  await files.waitFor({ state: 'attached' });
  expect(await found(v)).toEqual([]);
  for (const plan of [PBT, HALVING]) {
    await using sweep = await finishedSweep(plan);
    const [plans, results] = ['plan.json', 'results.jsonl'].map((name) => `${sweep.folder}/${name}`);
    await files.setInputFiles([plans, results]);
    await v.page.getByText('jobs, all done').waitFor();
    expect(await found(v)).toEqual([]);
    await files.setInputFiles([results]);
    await v.page.getByRole('alert').waitFor();
    expect(await found(v, 'main')).toEqual([]);
  }
  expect(v.complaints).toEqual([]);
});

/** Presses Tab until the focus is on what has this name. Whatever has it on the way shows that by a ring. */
async function tabTo({ page }: Visit, name: string): Promise<void> {
  const names: string[] = [];
  for (let press = 0; press < 200; press++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement & { readonly labels?: NodeListOf<HTMLElement> };
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return {
        name: (element.ariaLabel ?? element.labels?.[0]?.innerText ?? element.innerText).trim(),
        ring: outlineStyle !== 'none' && parseFloat(outlineWidth) > 0,
        isPage: element === document.body,
      };
    });
    // Past the last stop the browser's own begin.
    if (at.isPage) continue;
    if (!at.ring) throw new Error(`focus: expected a ring, got none on ${at.name}`);
    if (at.name === name) return;
    names.push(at.name);
  }
  throw new Error(`Tab: expected ${name} among the stops, got ${names.join(' | ')}`);
}

/** What would slide or move by itself. */
function moving({ page }: Visit): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      const isStill = parseFloat(transitionDuration) === 0 && animationName === 'none';
      return isStill ? [] : [element.outerHTML.slice(0, 80)];
    }),
  );
}

test('the main path by keyboard, without motion: a world, a setting, a step, play, overlays, compare, the other room', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn&speed=64', { calm: true });
  const { keyboard } = v.page;
  await v.run().above('Steps', 5);
  await tabTo(v, 'Browse worlds');
  await keyboard.press('Enter');
  await v.page.getByRole('dialog', { name: 'Worlds' }).getByRole('searchbox').waitFor();
  await keyboard.press('ArrowRight');
  await keyboard.press('Enter');
  await eventually(() => v.run().title()).not.toMatch(/CartPole/);
  await v.run().above('Steps', 0);
  // The focus is back on the button; the forms of the agent come after those of the world.
  await tabTo(v, 'Learning rate');
  await keyboard.press('Control+a');
  await keyboard.type('0.0021');
  await keyboard.press('Enter');
  await eventually(() => v.hash()).toContain('agent.learningRate=0.0021');
  await tabTo(v, 'Runs');
  await keyboard.press('Enter');
  await v.page
    .getByRole('textbox', { name: /^Name of Run \d$/ })
    .first()
    .waitFor();
  await keyboard.press('ArrowRight');
  await eventually(() => v.run().state()).toBe('Paused');
  await keyboard.press('h');
  await eventually(() => v.run().state()).toBe('You are playing');
  await keyboard.press('ArrowLeft');
  await keyboard.press('Escape');
  await eventually(() => v.run().state()).toBe('Paused');
  await keyboard.press('Space');
  await eventually(() => v.run().state()).toBe('Learning');
  await keyboard.press('o');
  await keyboard.press('ArrowRight');
  await keyboard.press('Space');
  await eventually(() => v.hash()).toContain('show=');
  await tabTo(v, 'Compare');
  await keyboard.press('Enter');
  await v.run('B').above('Steps', 0);
  await tabTo(v, 'Close run B');
  await keyboard.press('Enter');
  await eventually(() => v.page.getByRole('article').count()).toBe(1);
  expect(await moving(v)).toEqual([]);
  await tabTo(v, 'Classifier');
  await keyboard.press('Enter');
  await v.button('Tour').waitFor();
  await tabTo(v, 'Tour');
  await keyboard.press('Space');
  await v.page.getByRole('heading', { name: 'A neuron learns AND' }).waitFor();
  await tabTo(v, 'Double descent');
  await keyboard.press('Enter');
  await v.page.getByRole('heading', { name: 'Double descent' }).waitFor();
  expect(await moving(v)).toEqual([]);
  // Leaving a room may cut short the download of the page's icon.
  expect(v.complaints.filter((each) => !each.includes('favicon'))).toEqual([]);
});
