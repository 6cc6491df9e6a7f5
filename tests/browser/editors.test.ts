/** Levels, rewards and roads as a user draws them, with mouse, keyboard and finger, and as a link brings them back. */
import type { Locator } from 'playwright';
import { expect, test } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

/** The middle of a cell of a board, in pixels of the page; `rows`: of the whole picture. */
async function cell(board: Locator, [columns, rows]: readonly [number, number], x: number, y: number) {
  const box = (await board.boundingBox())!;
  const side = Math.min(box.width / columns, box.height / rows);
  return [
    box.x + (box.width - columns * side) / 2 + (x + 0.5) * side,
    box.y + (box.height - rows * side) / 2 + (y + 0.5) * side,
  ] as const;
}

test('a level is painted, undone, finished by keyboard, trained in and brought back by its link', async () => {
  await using v = await visit(served, 'world=minigrid-own&backend=cpu');
  const { page } = v;
  await v.button('Edit level').click();
  const dialog = page.getByRole('dialog', { name: /^Level of/ });
  const board = dialog.getByRole('application');
  const verdict = dialog.locator('footer').getByRole('status');
  const json = dialog.getByLabel('As JSON');
  await eventually(() => verdict.innerText()).toBe('This level can be solved.');
  const before = await json.inputValue();

  // A wall from top to bottom, in one stroke, between the door and the goal.
  await page.mouse.move(...(await cell(board, [8, 5], 5, 1)));
  await page.mouse.down();
  await page.mouse.move(...(await cell(board, [8, 5], 5, 3)), { steps: 3 });
  await page.mouse.up();
  await eventually(() => verdict.innerText()).toBe(
    'This level needs a way from the start (2, 2) to a goal G.',
  );
  expect(await dialog.getByRole('button', { name: 'Play it' }).isDisabled()).toBe(true);
  await page.keyboard.press('Control+z');
  await eventually(() => json.inputValue()).toBe(before);
  await page.keyboard.press('Control+Shift+z');
  await eventually(() => json.inputValue()).not.toBe(before);

  // By keyboard: floor in that wall, and a ball of another colour in the first room. Letters and Space stay in the dialog.
  await board.focus();
  await page.keyboard.press('1');
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'Space', 'r'])
    await page.keyboard.press(key);
  await eventually(() => verdict.innerText()).toBe('This level can be solved.');
  await dialog.getByRole('button', { name: 'Ball' }).click();
  await dialog.getByLabel('Colour').selectOption('blue');
  await page.mouse.click(...(await cell(board, [8, 5], 1, 3)));
  await eventually(() => json.inputValue()).toContain('"ball"');

  // What was closed by mistake is there again, with its steps.
  const drawn = await json.inputValue();
  await page.keyboard.press('Escape');
  await eventually(() => dialog.isVisible()).toBe(false);
  await v.button('Edit level').click();
  await eventually(() => json.inputValue()).toBe(drawn);
  await page.keyboard.press('Control+z');
  await eventually(() => json.inputValue()).not.toContain('"ball"');
  await page.keyboard.press('Control+Shift+z');
  await eventually(() => json.inputValue()).toBe(drawn);

  await dialog.getByRole('button', { name: 'Train in it' }).click();
  await eventually(() => dialog.isVisible()).toBe(false);
  await eventually(() => v.hash()).toContain('world.level=');
  await v.run().above('Steps', 0);
  const link = await v.hash();
  expect(decodeURIComponent(link)).toContain('"colour":"blue"');
  await page.reload();
  await eventually(() => v.panel('World').getByLabel('Level', { exact: true }).inputValue()).toContain(
    'blue',
  );
  expect(await v.hash()).toBe(link);
  await v.run().above('Steps', 0);
  expect(v.complaints).toEqual([]);
});

test('FrozenLake is painted by finger, drawn at random, typed, and played by hand', async () => {
  await using v = await visit(served, 'world=frozen-lake&backend=cpu');
  const { page } = v;
  await v.button('Edit own map').click();
  const dialog = page.getByRole('dialog');
  const board = dialog.getByRole('application');
  const json = dialog.getByLabel('As JSON');
  const [x, y] = await cell(board, [4, 4], 1, 0);
  const finger = { pointerId: 7, pointerType: 'touch', button: 0, buttons: 1, clientX: x, clientY: y };
  // A synthetic pointer cannot be captured.
  await board.evaluate((canvas) => Object.assign(canvas, { setPointerCapture: () => undefined }));
  await board.dispatchEvent('pointerdown', finger);
  await board.dispatchEvent('pointerup', finger);
  await eventually(() => json.inputValue()).toContain('"SHFF"');
  const painted = await json.inputValue();
  await dialog.getByRole('button', { name: 'Random' }).click();
  await eventually(() => json.inputValue()).not.toBe(painted);
  await eventually(() => dialog.locator('footer').getByRole('status').innerText()).toBe(
    'This level can be solved.',
  );
  // Without holes, so that the first step cannot be the last.
  await json.fill('["SFF","FFF","FFG"]');
  await json.blur();
  await eventually(() => dialog.getByLabel('Width').inputValue()).toBe('3');
  await dialog.getByRole('button', { name: 'Play it' }).click();
  await eventually(() => v.run().state()).toBe('You are playing');
  await page.keyboard.press('ArrowRight');
  await eventually(() => v.run().number('Steps')).toBeGreaterThan(0);
  await eventually(() => v.hash()).toContain('world.map=own');
  expect(v.complaints).toEqual([]);
});

test('a reward gets a formula, painted cells and a potential, live and in the link', async () => {
  await using v = await visit(served, 'world=grid-world&backend=cpu');
  const { page } = v;
  await v.run().above('Episodes', 0);
  await v.button('Add to the reward').click();
  const world = v.panel('World');
  const formula = world.getByLabel('Formula', { exact: true });
  await formula.fill('0.1 * z');
  await formula.press('Enter');
  await eventually(() => world.getByRole('alert').allInnerTexts()).toEqual([
    'Expected a formula of x, y, got "0.1 * z".',
  ]);
  await formula.fill('0.01 * ');
  await world
    .getByRole('group', { name: 'Quantities for Formula' })
    .getByRole('button', { name: 'x' })
    .click();
  await formula.press('Enter');
  await world.getByLabel('Potential Φ', { exact: true }).fill('x + y');
  await world.getByLabel('Potential Φ', { exact: true }).press('Enter');

  await world.getByRole('group', { name: 'Bonuses on cells' }).getByRole('button', { name: 'Paint' }).click();
  const brush = page.getByRole('application', { name: 'Paint bonuses on cells' });
  // The board scrolls into view with the focus; its cells have their places after that.
  await eventually(() => brush.evaluate((board) => board === document.activeElement)).toBe(true);
  await page.mouse.move(...(await cell(brush, [8, 6], 2, 3)));
  await page.mouse.down();
  await page.mouse.move(...(await cell(brush, [8, 6], 2, 5)), { steps: 2 });
  await page.mouse.up();
  await eventually(() => v.hash().then(decodeURIComponent)).toContain(
    'reward.bonus=[[2,3,-0.5],[2,4,-0.5],[2,5,-0.5]]',
  );
  // By keyboard: the cursor begins in the corner.
  await brush.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await eventually(() => v.hash().then(decodeURIComponent)).toContain('[1,0,-0.5]]');
  await page.keyboard.press('Escape');
  await eventually(() => brush.count()).toBe(0);
  await eventually(() => page.getByRole('list', { name: 'Changes during training' }).innerText()).toContain(
    'Reward bonus → 4 cells',
  );
  const link = await v.hash();
  expect(new URLSearchParams(link.slice(1)).get('reward.formula')).toBe('0.01 * x');
  await page.reload();
  await eventually(() => formula.inputValue()).toBe('0.01 * x');
  await eventually(() => world.getByLabel('Potential Φ', { exact: true }).inputValue()).toBe('x + y');
  expect(await v.hash()).toBe(link);
  await v.run().above('Steps', 0);
  expect(v.complaints).toEqual([]);
});

test('a road is drawn, refused where it crosses itself, driven and trained on', async () => {
  await using v = await visit(served, 'world=highway&backend=cpu');
  const { page } = v;
  const dialog = page.getByRole('dialog', { name: 'Draw the road' });
  const board = dialog.getByRole('application');
  const verdict = dialog.locator('footer').getByRole('status');
  const draw = async (at: (t: number) => readonly [number, number]): Promise<void> => {
    const box = (await board.boundingBox())!;
    for (let k = 0; k <= 50; k++) {
      const [x, y] = at((2 * Math.PI * k) / 53);
      await page.mouse.move(box.x + box.width / 2 + x * box.height, box.y + box.height / 2 + y * box.height);
      if (k === 0) await page.mouse.down();
    }
    await page.mouse.up();
  };
  await v.button('Draw road').click();
  // By keyboard: a ring, a point more, moved, taken away, and all of it undone; said at each step.
  const said = dialog.locator('.road-body').getByRole('status');
  const presses = async (keys: readonly string[]): Promise<string> => {
    for (const key of keys) await page.keyboard.press(key);
    return said.innerText();
  };
  await board.focus();
  expect(await presses(['Enter'])).toBe('A round road. Point 1 of 8, at 595, 230 m.');
  await eventually(() => verdict.innerText()).toBe('This road can be driven.');
  expect(await presses(['Shift+Space', 'Enter'])).toBe('Added. Point 9 of 9, at 559, 173 m.');
  expect(await presses(['ArrowLeft', 'Shift+ArrowUp'])).toBe('Point 9 of 9, at 549, 172 m.');
  expect(await presses(['Delete'])).toBe('Deleted. Point 8 of 8, at 523, 116 m.');
  expect(await presses(['Control+z', 'Control+z', 'Control+z', 'Control+z', 'Control+z'])).toBe('No points.');
  await draw((t) => [0.55 * Math.sin(t), 0.4 * Math.sin(2 * t)]);
  await eventually(() => verdict.innerText()).toMatch(
    /^This drawing needs a road that does not cross itself/,
  );
  await draw((t) => [0.5 * Math.cos(t), 0.38 * Math.sin(t)]);
  await eventually(() => verdict.innerText()).toBe('This road can be driven.');
  await dialog.getByRole('button', { name: 'Drive it' }).click();
  await eventually(() => v.run().state()).toBe('You are playing');
  await page.keyboard.down('ArrowUp');
  await eventually(() => v.run().number('Steps')).toBeGreaterThan(2);
  await page.keyboard.up('ArrowUp');
  await page.keyboard.press('Escape');
  await eventually(() => v.run().state()).toBe('Learning');
  await v.run().above('Steps', 0);
  // The address follows half a second after the last change.
  await eventually(() => v.hash()).toContain('world.road=');
  const road = new URLSearchParams((await v.hash()).slice(1)).get('world.road');
  expect((JSON.parse(road ?? '') as unknown[]).length).toBeGreaterThan(7);

  // To drive on the same road again, nothing starts over.
  await v.run().above('Episodes', 2);
  const episodes = await v.run().number('Episodes');
  await v.button('Draw road').click();
  await dialog.getByRole('button', { name: 'Drive it' }).click();
  await eventually(() => v.run().state()).toBe('You are playing');
  await page.keyboard.press('Escape');
  await eventually(() => v.run().state()).toBe('Learning');
  expect(await v.run().number('Episodes')).toBeGreaterThanOrEqual(episodes);
  expect(v.complaints).toEqual([]);
});
