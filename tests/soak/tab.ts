/** A tab with the built page, as a soak drives it: what it shows, what it has saved, and what its workers can lose. */
import { setTimeout as later } from 'node:timers/promises';
import type { Browser, CDPSession, Page, Worker } from 'playwright';
import { messageOf } from '#core/errors.ts';
import type { Site } from '#node/page-server.ts';
import { countResources, OUTSIDE, precededBy } from '#tests/browser/resources.ts';
import { hold } from './note.ts';

/** Milliseconds: the machine may be busy with other work. */
const PATIENCE = 600_000;
/** Looks with the same number after which it rests. */
const RESTS = 10;
/** Of errors that are thrown on purpose. */
export const LIGHTNING = 'struck by lightning';

/** What a user reads of the first run. */
interface Seen {
  readonly state: string;
  /** Env steps or examples. */
  readonly progress: number;
  /** What it says of saving; empty while all is well. */
  readonly saving: string;
  readonly alerts: readonly string[];
  readonly notice: string;
}

/** A save of the first run that the page has confirmed. */
export interface Confirmed {
  readonly run: string;
  readonly turn: number;
  readonly length: number;
  readonly hash: string;
  readonly progress: number;
}

interface Opened {
  readonly room: 'arena' | 'classifier';
  readonly link: string;
}

export class Tab implements AsyncDisposable {
  readonly page: Page;
  /** Errors that nobody caught. */
  readonly uncaught: string[] = [];
  private readonly room: Opened['room'];
  private readonly session: CDPSession;
  private link: string;

  private constructor(page: Page, session: CDPSession, { room, link }: Opened) {
    this.page = page;
    this.session = session;
    this.room = room;
    this.link = link;
    page.on('pageerror', ({ message }) => {
      if (!message.includes(LIGHTNING)) this.uncaught.push(message);
    });
  }

  static async open(browser: Browser, { url }: Site, { room, link }: Opened): Promise<Tab> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      serviceWorkers: 'block',
    });
    // Under the name that functions get from the loader, which the page has not.
    await context.addInitScript({ content: 'globalThis.__name = (each) => each;' });
    await context.addInitScript(countResources);
    await context.route(/(trainer|classifier)\.worker/, (route) => precededBy(route, OUTSIDE));
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const tab = new Tab(page, await context.newCDPSession(page), { room, link });
    await page.goto(`${url}#${link}`);
    return tab;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.page.context().close();
  }

  /** Opens another link of the same room, and waits until it learns; goes on with the one that is open. */
  async go(link: string): Promise<void> {
    if (this.link !== link) await this.begin(link);
    this.link = link;
    const { state } = await this.until('it has a run', isReady);
    if (state === 'Paused') await this.button('Play').click();
    await this.learns();
  }

  private async begin(link: string): Promise<void> {
    await this.page.evaluate(openLink, link);
    const end = performance.now() + PATIENCE;
    while (!(await this.page.evaluate(() => (globalThis as { hasBegun?: boolean }).hasBegun)))
      hold(performance.now() < end, `another run starts: ${JSON.stringify(await this.seen())}`);
  }

  async learns(): Promise<void> {
    await this.until(
      'it learns',
      ({ state, progress }) => /^(Learning|Finished)/.test(state) && progress > 0,
    );
  }

  /** Does what leads to another page, and waits for that. */
  async leave(how: () => Promise<unknown>): Promise<void> {
    await this.page.evaluate(() => Object.assign(globalThis, { isLeft: true }));
    await how();
    const isOld = (): Promise<boolean> =>
      this.page.evaluate(() => Object.hasOwn(globalThis, 'isLeft')).catch(() => true);
    while (await isOld()) await later(50);
    await this.learns();
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name, exact: true });
  }

  async seen(): Promise<Seen> {
    try {
      return await this.page.evaluate(read);
    } catch (error) {
      // Another page is on its way.
      if (!messageOf(error).includes('Execution context was destroyed')) throw error;
      return { state: '', progress: NaN, saving: '', alerts: [], notice: '' };
    }
  }

  async until(what: string, holds: (seen: Seen) => boolean): Promise<Seen> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const seen = await this.seen();
      if (holds(seen)) return seen;
      hold(performance.now() < end, `expected that ${what}, got ${JSON.stringify(seen)}`);
      await later(50);
    }
  }

  /** Waits until it is paused and its last numbers have come, and gives its progress. */
  async paused(): Promise<number> {
    let { progress: before } = await this.until('it pauses', ({ state }) => /^(Paused|Finished)/.test(state));
    // Steps on a slow device are in progress for a while.
    for (let equal = 0; equal < RESTS; equal++) {
      await later(200);
      const { progress } = await this.seen();
      if (progress !== before) equal = 0;
      before = progress;
    }
    return before;
  }

  /** The worker of the first run. */
  get worker(): Worker {
    const worker = this.page.workers().find((each) => /(trainer|classifier)\.worker/.test(each.url()));
    hold(worker !== undefined, 'there is a worker');
    return worker;
  }

  /** Whole saves of the first run, the newest first. */
  saves(): Promise<readonly Confirmed[]> {
    return this.page.evaluate(readSaves, this.room);
  }

  /** Waits for a save of the run that is on the page, as one is made where the user looks elsewhere. */
  async saved(beyond = 0): Promise<Confirmed> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      await this.hide();
      const [newest] = await this.saves();
      if (newest && newest.turn > beyond) return newest;
      hold(performance.now() < end, `a save is confirmed: ${JSON.stringify(await this.seen())}`);
      await later(500);
    }
  }

  /** The page is told that it is hidden: it saves at once, which by the clock is seldom on a busy machine. */
  hide(): Promise<void> {
    return this.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      Reflect.deleteProperty(document, 'visibilityState');
    });
  }

  /** Megabytes of the heap, and counts, after collecting. */
  async sample(): Promise<Readonly<Record<string, number>>> {
    await this.session.send('HeapProfiler.collectGarbage');
    await this.session.send('Performance.enable');
    const { metrics } = await this.session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0;
    const held = await this.page.evaluate(() =>
      (globalThis as unknown as { held(): Readonly<Record<string, number>> }).held(),
    );
    const { Texture = 0, contexts, canvases, ResizeObserver: _, ...others } = held;
    const tensors = await this.worker.evaluate(
      () =>
        (globalThis as unknown as { _tfengine?: { memory(): { numTensors: number } } })._tfengine?.memory()
          .numTensors ?? 0,
    );
    return {
      [`heap of the ${this.room}`]: metric('JSHeapUsedSize') / 1e6,
      'DOM nodes': metric('Nodes'),
      listeners: metric('JSEventListeners'),
      workers: this.page.workers().length,
      tensors,
      textures: Texture,
      canvases,
      'WebGL objects': Object.values(others).reduce((sum, each) => sum + each, contexts),
    };
  }
}

/** What the page shows; runs in the page. */
function read(): Seen {
  const [state, saving] = ['State', 'Saving'].map((name) =>
    document.querySelector<HTMLElement>(`[role=status][aria-label=${name}]`)?.innerText.trim(),
  );
  const terms = [...document.querySelectorAll('dl > div > dt')];
  const term = terms.find(({ textContent }) => ['Steps', 'Examples'].includes(textContent ?? ''));
  const shown = (term?.nextElementSibling?.textContent ?? '').replace(/ of .*/, '').replaceAll(',', '');
  // `1.23 M`, `1.23e9`
  const number = shown === '' ? NaN : parseFloat(shown) * (shown.endsWith('M') ? 1e6 : 1);
  return {
    state: state ?? '',
    progress: number,
    saving: saving ?? '',
    alerts: [...document.querySelectorAll<HTMLElement>('[role=alert]')].map((each) => each.innerText),
    notice: document.querySelector<HTMLElement>('.notice')?.innerText ?? '',
  };
}

/** Whether a run is as far as it was saved; from a million on, three digits are shown. */
export function isAsFar(progress: number, { progress: saved }: Confirmed): boolean {
  return progress >= (saved < 1e6 ? saved : saved * 0.995);
}

/** Whether it takes commands. */
export function isReady({ state }: Seen): boolean {
  return /^(Learning|Paused|Finished)/.test(state);
}

/** Notes in `hasBegun` that a run starts, which takes a moment only; runs in the page. */
function openLink(link: string): void {
  const page = globalThis as { hasBegun?: boolean };
  page.hasBegun = false;
  const observer = new MutationObserver(() => {
    const state = document.querySelector('[role=status][aria-label=State]')?.textContent ?? '';
    if (!/^(Starting|A recording|Loading)/.test(state)) return;
    page.hasBegun = true;
    observer.disconnect();
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  location.hash = link;
}

/** Reads the database beside the page, and compares every file with its hash; runs in the page. */
async function readSaves(room: string): Promise<readonly Confirmed[]> {
  const id = sessionStorage.getItem(`ludus-session-${room}`);
  const all = await indexedDB.databases();
  // Whoever opens one that is not there makes it.
  if (id === null || !all.some(({ name }) => name === 'ludus')) return [];
  const opening = indexedDB.open('ludus');
  await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
  const connection = opening.result;
  try {
    const transaction = connection.transaction(['sessions', 'labels', 'files']);
    const read = async (store: string, range: IDBKeyRange): Promise<readonly unknown[]> => {
      const reading = transaction.objectStore(store).getAll(range);
      await new Promise((resolve, reject) => Object.assign(reading, { onsuccess: resolve, onerror: reject }));
      return reading.result as unknown[];
    };
    const [session] = (await read('sessions', IDBKeyRange.only(id))) as readonly {
      readonly state: {
        readonly link: string;
        readonly name?: string;
        readonly runs?: readonly { readonly name?: string }[];
      };
    }[];
    // Until it is saved, a session is of the run before.
    if (`#${session?.state.link}` !== location.hash) return [];
    const name = session.state.name ?? session.state.runs?.[0]?.name;
    const range = IDBKeyRange.bound(`${id}/${name}/`, `${id}/${name}/9`);
    const labels = (await read('labels', range)) as readonly (Omit<Confirmed, 'progress'> & {
      readonly about: string;
    })[];
    const files = (await read('files', range)) as readonly Uint8Array<ArrayBuffer>[];
    const hashes = await Promise.all(
      files.map(async (file) => {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', file));
        return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      }),
    );
    return labels
      .filter(({ hash }, i) => hash === hashes[i])
      .map(({ about, ...label }) => ({
        ...label,
        progress: Number(/(\d+) (env steps|examples)/.exec(about)?.[1] ?? 0),
      }))
      .sort((a, b) => b.turn - a.turn);
  } finally {
    connection.close();
  }
}
