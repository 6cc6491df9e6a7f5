/** What a user does with several runs on the built page: compares four, restores one, trains five seeds, saves the charts. */
import { readFile } from 'node:fs/promises';
import type { Download, Locator } from 'playwright';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { eventually, longTasks, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const LETTERS = ['A', 'B', 'C', 'D'] as const;
const LAKE = 'world=frozen-lake&agent=q-learning&speed=64';
const FOUR = `${LAKE}&b.agent=sarsa&c.agent=q-learning&c.agent.stepSize=0.5&d.agent=expected-sarsa`;

const cards = ({ page }: Visit): Promise<number> => page.getByRole('article').count();
/** The row of a name in the table of runs. */
const rowOf = ({ page }: Visit, name: string): Locator =>
  page.getByRole('row').filter({ has: page.getByRole('textbox', { name: `Name of ${name}`, exact: true }) });
const plotOf = ({ page }: Visit): Promise<string | null> =>
  page.getByRole('figure', { name: 'Return per episode' }).getByRole('img').getAttribute('aria-label');

test('a user compares four runs; the link holds them, and each can be closed', async () => {
  await using v = await visit(served, LAKE);
  await v.run().above('Steps', 20);
  for (const count of [2, 3, 4]) {
    await v.button('Compare').click();
    await eventually(() => cards(v)).toBe(count);
    await eventually(() => v.run(LETTERS[count - 1]).state()).toBe('Learning');
  }
  expect(await v.button('Compare').isDisabled()).toBe(true);
  expect(v.page.workers()).toHaveLength(4);
  const rate = v.panel('Agent of run D').getByRole('textbox', { name: 'Step size α', exact: true });
  await rate.fill('0.4');
  await rate.press('Enter');
  await eventually(() => v.page.getByRole('status', { name: 'Difference' }).innerText()).toMatch(
    /B\s*like A\s*C\s*like A\s*D\s*Step size α 0\.4 instead of 0\.1/,
  );
  await eventually(() => v.hash()).toMatch(
    /&b\.agent=q-learning&c\.agent=q-learning&d\.agent=q-learning&d\.agent\.stepSize=0\.4$/,
  );
  await v.button('Close run B').click();
  await eventually(() => cards(v)).toBe(3);
  await eventually(() => v.page.workers().length).toBe(3);
  expect(v.complaints).toEqual([]);
});

test('four cards lie in a square on a wide screen and below each other on a phone, and nothing is cut off', async () => {
  await using v = await visit(served, FOUR);
  for (const letter of LETTERS) await v.run(letter).above('Steps', 5);
  const boxes = () =>
    Promise.all(
      LETTERS.map(
        async (letter) => (await v.run(letter).card.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 },
      ),
    );
  const scrolls = (): Promise<boolean> =>
    v.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  await v.page.setViewportSize({ width: 1440, height: 900 });
  const [a, b, c, d] = await boxes();
  expect([b.y, c.x, d.x, d.y]).toEqual([a.y, a.x, b.x, c.y]);
  expect(b.x).toBeGreaterThanOrEqual(a.x + a.width);
  expect(c.y).toBeGreaterThanOrEqual(a.y + a.height);
  expect(await scrolls()).toBe(false);
  await v.page.setViewportSize({ width: 390, height: 844 });
  const narrow = await boxes();
  narrow.slice(1).forEach((box, i) => {
    expect(box.x).toBe(narrow[i].x);
    expect(box.y).toBeGreaterThanOrEqual(narrow[i].y + narrow[i].height);
  });
  expect(await scrolls()).toBe(false);
  expect(v.complaints).toEqual([]);
});

test('four runs in turbo, their table and five seeds keep the page free: no task takes over 50 ms of processor time', async () => {
  await using v = await visit(served, FOUR.replace('speed=64', 'speed=turbo'), { smooth: true });
  for (const letter of LETTERS) await v.run(letter).above('Steps', 2000);
  expect(await longTasks(v.page)).toEqual([]);
  await v.button('Runs').click();
  await v.page.getByRole('textbox', { name: 'Steps each' }).fill('5000000');
  await v.button('5 seeds').click();
  await rowOf(v, 'Run 1, 5 seeds').getByText('0 of 5 done').waitFor();
  expect(await longTasks(v.page)).toEqual([]);
  await v.button('Curves').click();
  await eventually(() => plotOf(v)).toContain('Run 1, 5 seeds: interquartile mean');
  expect(await longTasks(v.page)).toEqual([]);
  expect(v.complaints).toEqual([]);
});

test('a user finds a replaced run in the table, shows its curve, renames it, restores and deletes it by keyboard', async () => {
  await using v = await visit(served, `${LAKE}&agent.stepSize=0.3`);
  await v.run().above('Episodes', 5);
  await v.page.getByRole('combobox', { name: 'Agent', exact: true }).selectOption('sarsa');
  await eventually(() => v.run().title()).toBe('SARSA on FrozenLake');
  await v.run().above('Episodes', 2);
  await v.button('Runs').click();
  await rowOf(v, 'Run 2').getByText('SARSA instead of Q-learning').waitFor();
  expect(await rowOf(v, 'Run 1').innerText()).toMatch(
    /the first\s+Q-learning on FrozenLake\s+[\d,]+\s+\S+\s+Replaced/,
  );
  const name = v.page.getByRole('textbox', { name: 'Name of Run 1' });
  await name.fill('The first');
  await name.press('Enter');
  await v.page.getByRole('checkbox', { name: 'Show the curve of The first' }).check();
  await v.button('Curves').click();
  await eventually(() => plotOf(v)).toMatch(/episodes, mean .*; The first: [\d,]+ episodes, mean/);
  await v.button('Runs').click();
  const restore = v.button('Restore the settings of The first');
  await restore.focus();
  await v.page.keyboard.press('Enter');
  await eventually(() => v.run().title()).toBe('Q-learning on FrozenLake');
  await eventually(() => v.hash()).toMatch(/&agent=q-learning&.*agent\.stepSize=0\.3/);
  await rowOf(v, 'Run 3').getByText('no change from The first').waitFor();
  expect(await v.button('Delete Run 3').isDisabled()).toBe(true);
  await v.button('Delete Run 2').focus();
  await v.page.keyboard.press('Enter');
  await eventually(() => rowOf(v, 'Run 2').count()).toBe(0);
  // The focus is on the next row.
  expect(await v.page.locator(':focus').getAttribute('aria-label')).toBe('Restore the settings of The first');
  expect(v.complaints).toEqual([]);
});

test('a user trains five seeds of two agents and is told which is better', async () => {
  await using v = await visit(served, `world=bandit&agent=q-learning&speed=16`);
  await v.run().above('Steps', 5);
  await v.button('Runs').click();
  const steps = v.page.getByRole('textbox', { name: 'Steps each' });
  await steps.fill('many');
  await steps.press('Tab');
  await v.page.getByText('Expected a whole number from 100 to 1,000,000,000, got many.').waitFor();
  expect(await v.button('5 seeds').isDisabled()).toBe(true);
  await steps.fill('2000');
  await steps.press('Enter');
  await rowOf(v, 'Run 1, 5 seeds').getByText('Done', { exact: true }).waitFor();
  const verdict = v.page.getByRole('status', { name: 'Verdict' });
  expect(await verdict.innerText()).toMatch(/^Too few seeds to tell: “Run 1” has 1, /);
  const explore = v.panel('Agent').getByRole('textbox', { name: 'Final ε', exact: true });
  await explore.fill('1');
  await explore.press('Enter');
  await v.button(/^Reset/).click();
  await rowOf(v, 'Run 2').getByText('Learning', { exact: true }).waitFor();
  await v.button('5 seeds').click();
  await rowOf(v, 'Run 2, 5 seeds').getByText('Done', { exact: true }).waitFor();
  await eventually(() => verdict.innerText()).toMatch(
    /^“Run 2, 5 seeds” is worse: .* probability \d+ % \(95 % interval .* 5 and 5 seeds, after 2,000 env steps\)\.$/,
  );
  await v.page.getByRole('combobox', { name: 'Better' }).selectOption({ label: 'Run 1, 5 seeds' });
  await v.page.getByRole('combobox', { name: 'Than', exact: true }).selectOption({ label: 'Run 2, 5 seeds' });
  await eventually(() => verdict.innerText()).toMatch(/^“Run 1, 5 seeds” is better: /);
  // Only the page's own worker is left.
  await eventually(() => v.page.workers().length).toBe(1);
  expect(v.complaints).toEqual([]);
});

test('a user saves the chart in every format, over the axis that is shown', async () => {
  await using v = await visit(served, `${LAKE}&seed=7`);
  await v.run().above('Episodes', 10);
  await v.button('Pause').click();
  await eventually(() => v.run().state()).toBe('Paused');
  await v.page.getByRole('combobox', { name: 'Horizontal axis' }).selectOption('Episodes');
  const save = async (format: string): Promise<Download> => {
    await v.button('Export Return per episode').click();
    const [saved] = await Promise.all([
      v.page.waitForEvent('download'),
      v.page
        .getByRole('group', { name: 'Export Return per episode' })
        .getByRole('button', { name: format })
        .click(),
    ]);
    return saved;
  };
  const csv = await save('CSV table');
  const episodes = await v.run().number('Episodes');
  expect(csv.suggestedFilename()).toBe('frozen-lake-q-learning-seed7-return.csv');
  const { data } = Papa.parse<{ readonly [column: string]: string }>(
    (await readFile(await csv.path(), 'utf8')).trim(),
    { header: true },
  );
  expect(data.map(({ x }) => Number(x))).toEqual(Array.from({ length: episodes }, (_, i) => i + 1));
  const mean = data.slice(-100).reduce((sum, { low }) => sum + Number(low), 0) / Math.min(100, episodes);
  expect(Number(data.at(-1)?.['mean'])).toBeCloseTo(mean, 9);
  const json = await save('JSON with settings');
  const { lines } = JSON.parse(await readFile(await json.path(), 'utf8')) as {
    readonly lines: readonly { readonly settings: object; readonly points: { readonly mean: number[] } }[];
  };
  expect(lines[0].points.mean).toEqual(data.map((row) => Number(row['mean'])));
  expect(lines[0].settings).toMatchObject({ world: 'frozen-lake', agent: 'q-learning', seed: '7' });
  const svg = await readFile(await (await save('SVG drawing')).path(), 'utf8');
  expect(svg).toContain('>Episodes</text>');
  expect(svg.match(/<polyline points="([^"]*)"/)?.[1]?.split(' ')).toHaveLength(episodes);
  const png = await readFile(await (await save('PNG picture')).path());
  // Its signature, then width and height in the first chunk.
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1800, 960]);
  expect(v.complaints).toEqual([]);
});
