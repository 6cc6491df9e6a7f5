/** The half of a soak in Chromium: two tabs of the built page that stay open, one per room, and others that come and go. */
import type { Browser } from 'playwright';
import { describe } from '#core/config.ts';
import type { Rng } from '#core/rng.ts';
import { launch } from '#node/bench/browser.ts';
import { serve, type Site } from '#node/page-server.ts';
import { toFitLink } from '#ui/classifier/state/fit-link.ts';
import { toLink } from '#ui/state/permalink.ts';
import type { BackendChoice } from '#worker/protocol.ts';
import { agents } from '#train/catalogue/agents.ts';
import { models } from '#train/catalogue/models.ts';
import { pick, type Half } from './half.ts';
import { hold, type Note } from './note.ts';
import {
  change,
  compare,
  die,
  failStorage,
  isOver,
  losePicture,
  pause,
  reload,
  type Death,
} from './page-events.ts';
import { startedHold } from './processes.ts';
import { nameOf, subjectOf, type Subject } from './subjects.ts';
import { isAsFar, isReady, Tab } from './tab.ts';

/** Where both tabs rest while they are looked at: on a backend of tfjs, which counts its tensors. */
const REST = {
  arena: toLink({
    setup: {
      request: {
        world: 'cart-pole',
        agent: 'dqn',
        config: { network: [{ kind: 'dense', units: 8 }], learningStarts: 20, batchSize: 8 },
      },
      backend: 'cpu',
      speed: '16',
    },
  }),
  classifier: fitLink({ data: 'iris', model: 'mlp', config: { batchSize: 16, epochs: 100_000 } }, 'cpu'),
} as const;
type Room = keyof typeof REST;

/** As many runs as the page's table keeps. */
const ROWS = 60;

/** On the CPU most of the time: software draws the GPU here. */
const BACKENDS = ['auto', 'simd', 'simd', 'wasm', 'cpu', 'webgl', 'webgpu'] as const;
const SPEEDS = ['16', '64', 'turbo'] as const;

/** What happens to a run, the usual more often. */
const EVENTS = [
  ...(['pause', 'pause', 'change', 'change', 'compare', 'picture', 'picture'] as const),
  ...(['error', 'error', 'silent', 'storage', 'storage', 'device', 'device'] as const),
] as const;

interface Here {
  readonly tab: Tab;
  readonly room: Room;
  readonly subject: Subject;
  readonly backend: BackendChoice;
  readonly rng: Rng;
  readonly note: Note;
}

export async function chromiumHalf(): Promise<Half> {
  const site = await serve();
  const browser = await launch({ webgpu: true });
  const opened = async (room: Room): Promise<Tab> => {
    const tab = await Tab.open(browser, site, { room, link: REST[room] });
    if (room === 'arena') await fillTable(tab);
    await rest(tab);
    return tab;
  };
  const tabs = { arena: await opened('arena'), classifier: await opened('classifier') };
  return {
    name: 'chromium',
    async leg(number, rng, note) {
      const subject = pageSubject(number, rng);
      const room = subject.kind === 'run' ? 'arena' : 'classifier';
      const visits = rng.uniform() < 0.15;
      note.name = `${visits ? 'a new tab' : 'the tab'} of the ${room}: ${nameOf(subject)}`;
      if (visits) await visit({ browser, site, subject, rng, note });
      else await stay({ tab: tabs[room], subject, rng, note });
    },
    async mend() {
      for (const room of ['arena', 'classifier'] as const) {
        await tabs[room][Symbol.asyncDispose]();
        tabs[room] = await opened(room);
      }
    },
    async sample() {
      const held: Record<string, number> = {};
      for (const room of ['arena', 'classifier'] as const) {
        await tabs[room].go(REST[room]);
        await rest(tabs[room]);
        for (const [name, value] of Object.entries(await tabs[room].sample()))
          held[name] = (held[name] ?? 0) + value;
      }
      return {
        ...held,
        ...startedHold(),
      };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await site[Symbol.asyncDispose]();
    },
  };
}

/** Small ones that do not end, without those that need a recording. */
function pageSubject(leg: number, rng: Rng): Subject {
  const subject = subjectOf(leg, rng);
  if (subject.kind === 'fit') {
    const { request } = subject;
    return { kind: 'fit', request: { ...request, config: { ...request.config, epochs: 100_000 } } };
  }
  const needs = subject.agent.needs === 'demonstrations';
  return needs ? pageSubject(rng.integer(agents.length), rng) : subject;
}

/** A leg in a tab that stays. */
async function stay({
  tab,
  subject,
  rng,
  note,
}: Pick<Here, 'tab' | 'subject' | 'rng' | 'note'>): Promise<void> {
  const room = subject.kind === 'run' ? 'arena' : 'classifier';
  const { link, backend } = linkOf(subject, rng);
  note.name += `, ${backend}`;
  await tab.go(link);
  const here = { tab, room, subject, backend, rng, note } as const;
  for (let event = 0; event < 3; event++) await happen(here, pick(rng, EVENTS));
  note.trained += (await tab.seen()).progress;
  await rest(tab);
  const [uncaught] = tab.uncaught.splice(0);
  hold(uncaught === undefined, `uncaught: ${uncaught}`);
}

async function happen({ tab, room, subject, backend, rng, note }: Here, event: (typeof EVENTS)[number]) {
  const alive = { rng, note };
  // What has ended needs no worker.
  const ended = isOver(await tab.seen());
  switch (event) {
    case 'pause':
      return pause(tab, rng);
    case 'change': {
      const field = liveField(subject, rng);
      return field && change(tab, field);
    }
    case 'compare':
      return room === 'arena' && backend !== 'webgl' && backend !== 'webgpu' ? compare(tab) : undefined;
    case 'picture':
      return room === 'arena' ? losePicture(tab, rng, note) : undefined;
    case 'error':
      return ended ? undefined : die(tab, 'worker: error', alive);
    case 'silent':
      return ended ? undefined : die(tab, 'worker: silent', alive);
    case 'storage':
      return ended ? undefined : failStorage(tab, rng, note);
    case 'device': {
      const how = DEVICES[backend];
      // After the first loss it goes on without.
      const used = await tab.page.getByRole('status', { name: 'Backend in use' }).innerText();
      return ended || !how || !used.includes(backend) ? undefined : die(tab, how, alive);
    }
  }
}

const DEVICES: Partial<Record<BackendChoice, Death>> = {
  webgl: 'GPU: WebGL context lost',
  webgpu: 'GPU: WebGPU device lost',
};

/** A tab that is opened, reloaded and moved between the rooms, and closed. */
async function visit({
  browser,
  site,
  subject,
  rng,
  note,
}: Pick<Here, 'subject' | 'rng' | 'note'> & {
  readonly browser: Browser;
  readonly site: Site;
}): Promise<void> {
  const room = subject.kind === 'run' ? 'arena' : 'classifier';
  await using tab = await Tab.open(browser, site, { room, link: linkOf(subject, rng).link });
  await tab.learns();
  for (let time = 0; time < 2; time++) await reload(tab, note);
  const others = { arena: 'Classifier', classifier: 'Arena' } as const;
  const before = await tab.saved();
  await tab.leave(() => tab.page.getByRole('link', { name: others[room] }).click());
  await tab.leave(() => tab.page.evaluate(() => history.back()));
  const { progress } = await tab.seen();
  hold(isAsFar(progress, before), `back at ${progress}, saved at ${before.progress}`);
  note.trained += progress;
  const [uncaught] = tab.uncaught;
  hold(uncaught === undefined, `uncaught: ${uncaught}`);
}

/** Fills the table of runs, which would grow by a row per leg otherwise, as what is counted would with it. */
async function fillTable(tab: Tab): Promise<void> {
  for (let seed = 1; seed <= ROWS; seed++) await tab.go(`${REST.arena}&seed=${seed}`);
  await tab.go(REST.arena);
}

/** Stops learning: one tab at a time has the processor. */
async function rest(tab: Tab): Promise<void> {
  const { state } = await tab.until('it has a run', isReady);
  if (state === 'Learning') await tab.button('Pause').click();
  await tab.paused();
}

function linkOf(subject: Subject, rng: Rng): { readonly link: string; readonly backend: BackendChoice } {
  const [backend, speed] = [pick(rng, BACKENDS), pick(rng, SPEEDS)];
  if (subject.kind === 'fit') return { link: fitLink(subject.request, backend), backend };
  const isTabular = !Object.hasOwn(subject.request.config ?? {}, 'network');
  const used = isTabular ? 'auto' : backend;
  const request = { ...subject.request, agent: subject.agent.id };
  return { link: toLink({ setup: { request, backend: used, speed } }), backend: used };
}

function fitLink(request: Parameters<typeof toFitLink>[0]['request'], backend: BackendChoice): string {
  return toFitLink({ tab: 'train', request, play: [], backend, hide: [], paused: false });
}

/** A live number that is always shown, and a value for it. */
function liveField(subject: Subject, rng: Rng): { label: string; value: string } | undefined {
  const table =
    subject.kind === 'run'
      ? subject.agent.config
      : models.find(({ id }) => id === subject.request.model)?.config;
  const live = (table ? describe(table) : []).flatMap((field) =>
    field.live && field.kind === 'number' && !field.integer && field.theme === undefined ? [field] : [],
  );
  if (live.length === 0) return undefined;
  const { label, min, max, default: usual } = pick(rng, live);
  const value = Math.min(max, Math.max(min, usual * (0.5 + rng.uniform() / 2)));
  return { label, value: String(Number(value.toPrecision(3))) };
}
