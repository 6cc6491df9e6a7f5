/** The room of sweeps as a user has it: a folder is dropped there while its sweep runs, and is followed to the end. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { expect, inject, test } from 'vitest';
import { eventually, onPage, servePage, visit, type Visit } from './page.ts';
import { finishedSweep, FITS, HALVING, PBT, startSweep } from './sweep-run.ts';

const served = servePage();

/** Drops files or folders of the disk on the page, as a hand does. */
async function drop({ page }: Visit, ...files: readonly string[]): Promise<void> {
  const protocol = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await protocol.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data });
}

const chooser = ({ page }: Visit): Locator => page.getByLabel('Choose files');
const picture = ({ page }: Visit, name: string): Locator => page.getByRole('figure', { name });
const rows = ({ page }: Visit): Locator => page.locator('tbody tr');

function filesIn(folder: string): string[] {
  return ['plan.json', 'results.jsonl'].map((name) => join(folder, name));
}

test('a running sweep is followed from its folder; its family is told, and a run of it opens in the arena', async () => {
  await using sweep = await startSweep(PBT);
  await sweep.run(6);
  await using v = await visit(served, 'room=sweeps');
  await v.button('Open folder …').waitFor();
  await drop(v, sweep.folder);
  await v.page.getByRole('heading', { name: 'q-learning on corridor' }).waitFor();
  await v.page.getByText('first sweep').waitFor();
  await v.page.getByText('6 of 18 jobs done').waitFor();
  await eventually(() => rows(v).count()).toBe(4);
  // No button is pressed: it grows by itself.
  await sweep.run(Infinity);
  await v.page.getByText('18 jobs, all done').waitFor();
  await v.page.getByText(/2 seeds that it was not chosen on/).waitFor();
  const family = picture(v, 'Family').getByRole('application');
  expect(await family.getAttribute('aria-label')).toContain('4 members over 4 generations, 3 take-overs.');
  // By keyboard from the end of the best line to what it was before, which is then told in full.
  await family.focus();
  await v.page.keyboard.press('ArrowLeft');
  await eventually(() => picture(v, 'Family').getByRole('status').innerText()).toMatch(
    /^Member \d: [\d.]+ after 600 env steps; /,
  );
  await v.page.keyboard.press('Enter');
  const trial = v.page.getByRole('region', { name: 'The trial' });
  await trial.getByText(/ after 600 env steps/).waitFor();
  const stepSize = await trial
    .locator('dl > div')
    .filter({ hasText: 'stepSize' })
    .getByRole('definition')
    .innerText();
  const opened = v.page.context().waitForEvent('page');
  await trial.getByRole('link', { name: 'Open this in the arena' }).click();
  const arena = await opened;
  const run = onPage(arena.getByRole('article', { name: /^Run A: / }));
  await eventually(() => run.title()).toMatch(/Q-learning on Corridor/i);
  const field = arena.getByRole('textbox', { name: 'Step size α' });
  await eventually(async () => Number(await field.inputValue()).toPrecision(4)).toBe(
    Number(stepSize).toPrecision(4),
  );
  expect(v.complaints).toEqual([]);
});

test('a sweep of fits is followed from its command, and a fit of it opens in the classifier', async () => {
  await using sweep = await startSweep(FITS);
  await using page = await sweep.serve(inject('built'));
  await sweep.run(20);
  await using v = await visit(served);
  await v.page.goto(page.url);
  await v.page.getByRole('heading', { name: 'linear on iris' }).waitFor();
  await v.page.getByText('first sweep').waitFor();
  await v.page.getByText('20 of 61 jobs done').waitFor();
  await sweep.run(Infinity);
  await v.page.getByText('61 jobs, all done').waitFor();
  await v.page.getByText(/on the test examples, with 1 other seed: [\d.]+$/).waitFor();
  await eventually(() => rows(v).count()).toBe(40);
  await v.button('20 more').waitFor();
  const table = v.page.getByRole('region', { name: 'The table' });
  await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await eventually(() => rows(v).count()).toBe(60);
  const trial = v.page.getByRole('region', { name: 'The trial' });
  await trial.getByText(/ after 1 epoch$/).waitFor();
  const opened = v.page.context().waitForEvent('page');
  await trial.getByRole('link', { name: 'Open this in the classifier' }).click();
  const link = new URLSearchParams(new URL((await opened).url()).hash.slice(1));
  expect(Object.fromEntries(link)).toMatchObject({
    room: 'classifier',
    data: 'iris',
    model: 'linear',
    'model.epochs': '1',
    'model.validation': '0.25',
  });
  // The command has ended: what was read stays, beside the reason.
  await page[Symbol.asyncDispose]();
  await v.page.getByRole('alert').waitFor();
  expect(await v.page.getByText('61 jobs, all done').count()).toBe(1);
});

test('files that were chosen: rungs, the table in another order, and what is pointed at is told', async () => {
  await using sweep = await finishedSweep(HALVING);
  await using v = await visit(served, 'room=sweeps');
  await chooser(v).setInputFiles(filesIn(sweep.folder));
  await v.page.getByText('15 jobs, all done').waitFor();
  const rungs = picture(v, 'Rungs').getByRole('application');
  expect(await rungs.getAttribute('aria-label')).toContain(
    '9 trials at 100 env steps, 3 trials at 300 env steps, 1 trial at 800 env steps.',
  );
  await v.page.getByRole('columnheader', { name: 'stepSize' }).getByRole('button').click();
  const column = await rows(v).locator('td:nth-child(5)').allInnerTexts();
  expect(column).toHaveLength(9);
  expect(column.map(Number)).toEqual(column.map(Number).toSorted((a, b) => a - b));
  // The first mark of the first rung.
  await rungs.hover({ position: { x: 52, y: 42 } });
  await eventually(() => picture(v, 'Rungs').getByRole('status').innerText()).toMatch(
    /^Trial \d: [\d.]+ after 100 env steps; stepSize [\d.]+, gamma 0\.9/,
  );
  expect(v.complaints).toEqual([]);
});

test('what is no sweep is refused by its place, and the next choice is read', async () => {
  await using sweep = await finishedSweep(HALVING);
  const [plan, results] = filesIn(sweep.folder);
  const other = join(sweep.folder, 'other.jsonl');
  writeFileSync(other, '{"step": 1}\n');
  await using v = await visit(served, 'room=sweeps');
  const alert = v.page.getByRole('alert');
  await chooser(v).setInputFiles([results]);
  await eventually(() => alert.innerText()).toContain('plan.json: expected the plan of the sweep');
  await chooser(v).setInputFiles([plan, other]);
  await eventually(() => alert.innerText()).toContain(
    'results.jsonl line 1.key: expected the result of a job',
  );
  await drop(v, plan, results);
  await v.page.getByText('15 jobs, all done').waitFor();
  expect(await alert.count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

/** Writes a file into the folder that the dialog for folders gives in `withFolder`. */
async function writeInto({ page }: Visit, name: string, text: string): Promise<void> {
  await page.evaluate(
    async ([name, text]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('sweep of mine', { create: true });
      const file = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await file.write(text);
      await file.close();
    },
    [name, text],
  );
}

/** Nobody can use the dialog here: it gives a folder of the browser's own file system at once. */
async function withFolder({ page }: Visit): Promise<void> {
  await page.addInitScript(() => {
    Object.assign(globalThis, {
      showDirectoryPicker: async () =>
        (await navigator.storage.getDirectory()).getDirectoryHandle('sweep of mine', { create: true }),
    });
  });
  await page.reload();
}

test('a folder from the dialog: without results, with a line that is being written, and once it is whole', async () => {
  await using sweep = await finishedSweep(HALVING);
  const [plan, results] = filesIn(sweep.folder).map((path) => readFileSync(path, 'utf8'));
  await using v = await visit(served, 'room=sweeps');
  await withFolder(v);
  await v.button('Open folder …').click();
  await eventually(() => v.page.getByRole('alert').innerText()).toContain('plan.json: expected the plan');
  await writeInto(v, 'plan.json', plan);
  await v.page.getByText('No trial has a score yet.').waitFor();
  await v.page.getByText('0 of 15 jobs done').waitFor();
  const lines = results.split('\n');
  await writeInto(v, 'results.jsonl', `${lines.slice(0, 4).join('\n')}\n${lines[4].slice(0, 30)}`);
  await v.page.getByText('4 of 15 jobs done').waitFor();
  await v.page.getByText('sweep of mine').waitFor();
  await writeInto(v, 'results.jsonl', results);
  await v.page.getByText('15 jobs, all done').waitFor();
  // Something else in its place: what was read stays, beside the reason.
  await writeInto(v, 'results.jsonl', '{"step": 1}\n');
  await eventually(() => v.page.getByRole('alert').innerText()).toContain('results.jsonl line 1.key');
  expect(await v.page.getByText('15 jobs, all done').count()).toBe(1);
  expect(v.complaints).toEqual([]);
});
