/** Storage that the browser takes away while the page is open: no room, a site whose data are cleared, a database that is deleted. */
import { readFileSync } from 'node:fs';
import type { CDPSession } from 'playwright';
import { expect, test } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { asFit, asRun } from '#train/request/subject.ts';
import { eventually, servePage, visit, type Visit } from './page.ts';
import { savedSteps, savingOn, stored } from './stored.ts';

const served = servePage();
const LINK = 'world=frozen-lake&agent=q-learning&seed=3';

interface Devtools {
  readonly tools: CDPSession;
  readonly origin: string;
}

const devtools = async ({ page }: Visit): Promise<Devtools> => ({
  tools: await page.context().newCDPSession(page),
  origin: new URL(served.site.url).origin,
});

const downloaded = async ({ page }: Visit): Promise<Uint8Array<ArrayBuffer>> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download what is not saved' }).click(),
  ]);
  return new Uint8Array(readFileSync(await download.path()));
};

test('where the browser gives no room, training goes on, one line says so and offers a file, until there is room', async () => {
  await using v = await visit(served, LINK);
  const { tools, origin } = await devtools(v);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  await tools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await eventually(() => savingOn(v.page).innerText()).toContain('Not saved: there is no room left');
  const [kept, before] = [await savedSteps(v.page), await v.run().number('Steps')];
  await v.run().above('Steps', before + 10);
  const file = await decodeCheckpoint(await downloaded(v));
  expect(asRun(file).request).toMatchObject({ world: 'frozen-lake', agent: 'q-learning' });
  expect(file.steps).toBeGreaterThanOrEqual(before);
  expect(await savingOn(v.page).innerText()).toContain('Not saved');
  // What was saved before is still there.
  expect(await savedSteps(v.page)).toBe(kept);
  await tools.send('Storage.overrideQuotaForOrigin', { origin });
  await eventually(() => savingOn(v.page).innerText()).toBe('');
  expect(await v.page.getByRole('button', { name: 'Download what is not saved' }).count()).toBe(0);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(kept);
  expect(v.complaints).toEqual([]);
});

test('the same in the room of the classifier', async () => {
  await using v = await visit(served, 'room=classifier&data=iris&model=mlp&model.epochs=100000');
  const { tools, origin } = await devtools(v);
  await tools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await eventually(() => savingOn(v.page).innerText()).toContain('Not saved: there is no room left');
  const file = asFit(await decodeCheckpoint(await downloaded(v)));
  expect(file.request).toMatchObject({ data: 'iris', model: 'mlp' });
  await tools.send('Storage.overrideQuotaForOrigin', { origin });
  await eventually(() => savingOn(v.page).innerText()).toBe('');
  expect(v.complaints).toEqual([]);
});

test('a site whose data are cleared in mid-run is saved anew, a run that rests as well', async () => {
  await using v = await visit(served, LINK);
  const { tools, origin } = await devtools(v);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  await v.page.keyboard.press('Space');
  const rests = await v.run().atRest();
  await eventually(() => savedSteps(v.page)).toBe(rests);
  await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  // The next save is that of a change.
  const discount = v.panel('Agent').getByRole('textbox', { name: /^Discount/ });
  await discount.fill('0.9');
  await discount.press('Enter');
  await eventually(() => savedSteps(v.page)).toBe(rests);
  await eventually(() => savingOn(v.page).innerText()).toBe('');
  await v.page.reload();
  await eventually(() => v.run().number('Steps')).toBe(rests);
  expect(v.complaints).toEqual([]);
});

test('another page can delete the database: this one lets go of it, and saves in a new one', async () => {
  await using v = await visit(served, LINK);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  const other = await v.page.context().newPage();
  await other.goto(`${served.site.url}favicon.svg`);
  const answer = await other.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.deleteDatabase('ludus');
        Object.assign(request, { onsuccess: () => resolve('deleted'), onerror: () => resolve('failed') });
      }),
  );
  expect(answer).toBe('deleted');
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  await eventually(async () => (await stored(v.page, 'sessions')).length).toBe(1);
  expect(await savingOn(v.page).innerText()).toBe('');
  expect(v.complaints).toEqual([]);
});
