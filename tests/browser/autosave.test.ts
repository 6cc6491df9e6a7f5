/** Nothing is lost: a page that is reloaded, closed, opened twice, without room or killed shows its session again and goes on. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright';
import { expect, test } from 'vitest';
import { FLAGS } from '#node/bench/browser.ts';
import { findChromium } from '#node/bench/chromium.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { asRun } from '#train/request/subject.ts';
import { eventually, onPage, servePage, visit, type Visit } from './page.ts';
import { savedLinks, savedSteps, savingOn as status } from './stored.ts';

const served = servePage();

const LINK = 'world=frozen-lake&agent=q-learning&seed=3';

/** Lets the run learn a little and rest, until it is saved; gives its steps. */
async function rested(v: Visit): Promise<number> {
  await v.run().above('Episodes', 20);
  await v.page.keyboard.press('Space');
  const steps = await v.run().atRest();
  await eventually(() => savedSteps(v.page)).toBe(steps);
  return steps;
}

const discountOf = (v: Visit): Locator => v.panel('Agent').getByRole('textbox', { name: /^Discount/ });

/** Sets the discount to 0.9, until the address and the session have it. */
async function discountSaved(v: Visit): Promise<void> {
  await discountOf(v).fill('0.9');
  await discountOf(v).press('Enter');
  await eventually(() => v.hash()).toContain('gamma=0.9');
  await eventually(() => savedLinks(v.page)).toContainEqual(expect.stringContaining('gamma=0.9'));
}

test('a reload shows the run where it was, with its curve, and it goes on', async () => {
  await using v = await visit(served, LINK);
  const before = await rested(v);
  // A change of the settings is saved at once, since the address has it.
  const discount = discountOf(v);
  await discountSaved(v);
  const plot = v.page.getByRole('figure', { name: 'Return per episode' }).getByRole('img');
  const shown = await plot.getAttribute('aria-label');
  await v.page.reload();
  await eventually(() => v.run().number('Steps')).toBe(before);
  expect(await v.run().state()).toContain('Paused');
  await eventually(() => discount.inputValue()).toBe('0.9');
  await eventually(() => plot.getAttribute('aria-label')).toBe(shown);
  await v.page.keyboard.press('Space');
  await v.run().above('Steps', before);
  expect(v.complaints).toEqual([]);
});

test('a reload in the moment of a change keeps the run and the change, before the address has it', async () => {
  await using v = await visit(served, LINK);
  const before = await rested(v);
  const discount = discountOf(v);
  for (const value of ['0.9', '0.8', '0.7']) {
    await discount.fill(value);
    await discount.press('Enter');
    await v.page.evaluate(() => location.reload());
    await v.page.waitForLoadState('load');
    await eventually(() => v.run().number('Steps')).toBe(before);
    await eventually(() => discount.inputValue()).toBe(value);
    await eventually(() => v.hash()).toContain(`gamma=${value}`);
  }
  await v.panel('Agent').getByRole('combobox', { name: 'Agent' }).selectOption('sarsa');
  await v.page.evaluate(() => location.reload());
  await v.page.waitForLoadState('load');
  await eventually(() => v.run().title()).toBe('SARSA on FrozenLake');
  expect(v.complaints).toEqual([]);
});

test('a change whose address is written while the reload waits for its server is kept, and so is the run', async () => {
  await using v = await visit(served, LINK);
  const before = await rested(v);
  await v.page.route(served.site.url, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await route.continue();
  });
  const discount = discountOf(v);
  await discount.fill('0.9');
  await discount.press('Enter');
  await v.page.evaluate(() => location.reload());
  await v.page.waitForEvent('load');
  await eventually(() => v.run().number('Steps')).toBe(before);
  await eventually(() => discount.inputValue()).toBe('0.9');
  expect(v.complaints).toEqual([]);
});

test('a change is kept where the page is reloaded while a save of its session has just begun', async () => {
  await using v = await visit(served, LINK);
  await rested(v);
  await v.page.evaluate(() => {
    const browser = IDBDatabase.prototype;
    const begin = Reflect.get(browser, 'transaction') as (...given: unknown[]) => IDBTransaction;
    const [stores, mode] = [0, 1];
    browser.transaction = function (...given: unknown[]) {
      if (given[mode] === 'readwrite' && [given[stores]].flat().includes('sessions')) {
        browser.transaction = begin;
        queueMicrotask(() => {
          const agent = document.querySelector<HTMLSelectElement>('select:has(option[value=sarsa])');
          if (agent) agent.value = 'sarsa';
          agent?.dispatchEvent(new Event('change', { bubbles: true }));
          location.reload();
        });
      }
      return begin.apply(this, given);
    };
  });
  const reloaded = v.page.waitForEvent('load');
  await discountOf(v).fill('0.9');
  await discountOf(v).press('Enter');
  await reloaded;
  await eventually(() => v.run().title()).toBe('SARSA on FrozenLake');
  expect(v.complaints).toEqual([]);
});

test('a link that is followed once more opens what it says', async () => {
  await using v = await visit(served, LINK);
  const before = await rested(v);
  const discount = discountOf(v);
  await discountSaved(v);
  await v.page.goto('about:blank');
  await v.page.goto(`${served.site.url}#${LINK}`);
  await v.run().above('Steps', before);
  expect(await discount.inputValue()).not.toBe('0.9');
  expect(v.complaints).toEqual([]);
});

test('what a run has learned outlives a lesson, and reloads in the midst of it', async () => {
  // Not in turbo: from a million on the page rounds.
  await using v = await visit(served, `${LINK}&speed=64`);
  await v.run().above('Episodes', 20);
  await v.page.keyboard.press('Space');
  const learned = await v.run().atRest();
  const own = await v.hash();
  const begin = async (): Promise<void> => {
    await v.button('Lessons').click();
    await v.page
      .getByRole('dialog')
      .getByRole('button', { name: /^Discount/ })
      .click();
    await eventually(() => v.hash()).toBe(`#lesson=discount&${own.slice(1)}`);
  };
  const leave = async (): Promise<void> => {
    await v.button('Leave the lesson').click();
    await eventually(() => v.run().number('Steps')).toBe(learned);
    expect([await v.run().title(), await v.run().atRest()]).toEqual(['Q-learning on FrozenLake', learned]);
    await eventually(() => v.hash()).toBe(own);
  };
  await begin();
  await leave();
  await begin();
  await eventually(() => savedSteps(v.page)).toBe(learned);
  for (let n = 0; n < 2; n++) {
    await v.page.reload();
    await eventually(() => v.run().title()).toMatch(/on Grid world$/);
    await v.run().above('Steps', 2);
    expect(await savedSteps(v.page)).toBe(learned);
  }
  await leave();
  await v.button('Play').click();
  await v.run().above('Steps', learned);
  expect(v.complaints).toEqual([]);
});

test('ten reloads right after a save find it every time', async () => {
  await using v = await visit(served, LINK);
  for (let n = 0; n < 10; n++) {
    const before = await savedSteps(v.page);
    await eventually(() => savedSteps(v.page)).toBeGreaterThan(before);
    const saved = await savedSteps(v.page);
    await v.page.reload();
    await v.run().above('Steps', saved - 1);
    expect(await status(v.page).innerText()).toBe('');
  }
  expect(v.complaints).toEqual([]);
});

test('a second tab reads the session only, until the first is closed', async () => {
  await using v = await visit(served, LINK);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  const opening = v.page.waitForEvent('popup');
  await v.page.evaluate(() => void open(location.href));
  const second = await opening;
  await eventually(() => status(second).innerText()).toContain('another tab');
  await v.page.close();
  await eventually(() => status(second).innerText()).toBe('');
  const before = await savedSteps(second);
  await eventually(() => savedSteps(second)).toBeGreaterThan(before);
});

test('the rescue page gives back what is stored, without the app', async () => {
  await using v = await visit(served, LINK);
  await eventually(() => savedSteps(v.page)).toBeGreaterThan(0);
  const rescue = await v.page.context().newPage();
  const asked: string[] = [];
  rescue.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await rescue.goto(`${served.site.url}rescue`);
  await eventually(() => rescue.getByRole('listitem').count()).toBeGreaterThan(0);
  const [download] = await Promise.all([
    rescue.waitForEvent('download'),
    rescue
      .getByRole('button', { name: /^Download q-learning-in-frozen-lake/ })
      .first()
      .click(),
  ]);
  const file = await decodeCheckpoint(new Uint8Array(readFileSync(await download.path())));
  expect(asRun(file).request).toMatchObject({ world: 'frozen-lake', agent: 'q-learning', seed: 3 });
  expect(file.steps).toBeGreaterThan(0);
  expect(asked.some((path) => /worker|stage|app/.test(path))).toBe(false);
});

/** Code before that of a run's worker: writes fail as they do without room, until the page says that there is some. */
const WITHOUT_ROOM = `
  let isFull = true;
  new BroadcastChannel('room').onmessage = () => (isFull = false);
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...args) {
    if (isFull) throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, args);
  };
`;

test('without room it says so, goes on training, and saves again when there is room', async () => {
  await using v = await visit(served, LINK, { worker: WITHOUT_ROOM });
  await eventually(() => status(v.page).innerText()).toContain('Not saved: there is no room left');
  const before = await v.run().number('Steps');
  await v.run().above('Steps', before);
  expect(await savedSteps(v.page)).toBe(0);
  await v.page.evaluate(() => new BroadcastChannel('room').postMessage('there is'));
  await eventually(() => status(v.page).innerText()).toBe('');
  expect(await savedSteps(v.page)).toBeGreaterThan(0);
});

/** A browser of its own, with a profile that outlives it. */
async function startBrowser(
  profile: string,
): Promise<{ readonly page: Page; readonly kill: () => Promise<void> }> {
  const port = join(profile, 'DevToolsActivePort');
  rmSync(port, { force: true });
  const child = spawn(
    findChromium(),
    [
      '--headless=new',
      ...FLAGS,
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      'about:blank',
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await eventually(() => existsSync(port) && readFileSync(port, 'utf8').includes('\n')).toBe(true);
  const [address] = readFileSync(port, 'utf8').split('\n');
  const connection = await chromium.connectOverCDP(`http://127.0.0.1:${address}`);
  const page = await connection.contexts()[0].newPage();
  page.setDefaultTimeout(60_000);
  return {
    page,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

test('a browser that is killed opens again with the session', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'ludus-profile-'));
  const kills: (() => Promise<void>)[] = [];
  try {
    const { page, kill } = await startBrowser(profile);
    kills.push(kill);
    await page.goto(`${served.site.url}#${LINK}`);
    await eventually(() => savedSteps(page)).toBeGreaterThan(100);
    const saved = await savedSteps(page);
    await kill();
    const { page: again, kill: end } = await startBrowser(profile);
    kills.push(end);
    await again.goto(served.site.url);
    await onPage(again.getByRole('article', { name: /^Run A: / })).above('Steps', saved - 1);
    await eventually(() => again.url()).toContain('frozen-lake');
  } finally {
    await Promise.all(kills.map((kill) => kill()));
    // Its children live a moment longer, and write.
    await eventually(() => rmSync(profile, { recursive: true, force: true })).toBeUndefined();
  }
});
