/** The page and its layout. */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import { render } from 'preact';
import type { Stage } from '#view/stage.ts';
import { Address } from '../state/address.ts';
import { AddressBar } from '../state/address-bar.ts';
import { listenToKeys, makeActions, type Actions } from '../state/actions.ts';
import { Database } from '#storage/database.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { Own } from '../state/aside.ts';
import { openArena } from '../state/arena-session.ts';
import type { Saving } from '../state/saving.ts';
import { LessonGuide } from '../lessons/lessons-button.tsx';
import { Lessons } from '../lessons/lessons.ts';
import { Page } from '../state/page.ts';
import { listenToDrops } from '../state/drops.ts';
import { RUN_FILE } from '../state/save-file.ts';
import { openDrop } from '../state/share.ts';
import type { FilmDeps } from '../share/film-maker.ts';
import { Editors } from '../editors/editors.tsx';
import { AgentPanel } from './agent-panel.tsx';
import { Differences } from './differences.tsx';
import { Dock } from './dock.tsx';
import { DropHint } from './drop-hint.tsx';
import type { GalleryDeps } from './gallery-button.tsx';
import { Jump } from './jump.tsx';
import { RunCard } from './run-card.tsx';
import { TopBar } from './top-bar.tsx';
import { WorldPanel } from './world-panel.tsx';

/** Starts the workers of the arena: of a run, of the gallery, of a film. */
interface Spawns {
  readonly trainer: () => WorkerLike;
  readonly gallery: () => WorkerLike;
  readonly gif: () => WorkerLike;
}

/** Mounts the arena in an element, listens to its keys and keeps the address in sync with the setup. */
export function mountArena(root: HTMLElement, spawns: Spawns): void {
  const page = new Page(spawns.trainer);
  const saving = signal<Saving | undefined>(undefined);
  const lessons = new Lessons(page);
  const actions = makeActions(page);
  const stage = openStage();
  // Without a stage, the cards say so and training continues.
  stage.catch(() => undefined);
  const gallery = { spawn: spawns.gallery, stage };
  const film = { spawn: spawns.gif, stage };
  render(<App {...{ page, lessons, saving, actions, stage, gallery, film }} />, root);
  listenToKeys(globalThis, page, actions);
  listenToDrops(globalThis, (event) => openDrop(event, page));
  const bar = new AddressBar();
  const address = new Address((link) => bar.write(link));
  let opened = false;
  effect(() => {
    const { value: link } = lessons.link;
    // Not before the initial link has been read.
    opened ||= page.focused.value.worker.info.value !== undefined;
    if (opened) address.follow(link);
  });
  addEventListener('hashchange', () => {
    address.rest();
    // What cannot be opened does not stay in the address, even where nothing else changes.
    void lessons.visit(bar.read()).then(() => address.follow(lessons.link.value));
  });
  const database = new Database();
  const open = (link: string, own: Own): Promise<void> => lessons.visit(link, own);
  void openArena({ page, database, bar, link: lessons.own, open }).then((opened) => (saving.value = opened));
}

/** The renderer is most of the page's code: it is evaluated in a task of its own, after the page has been drawn once. */
async function openStage(): Promise<Stage> {
  const { Stage } = await import('#view/stage.ts');
  return Stage.create();
}

interface AppProps {
  readonly page: Page;
  readonly saving: ReadonlySignal<Saving | undefined>;
  readonly lessons: Lessons;
  readonly actions: Actions;
  readonly stage: Promise<Stage>;
  readonly gallery: GalleryDeps;
  readonly film: FilmDeps;
}

function App({ page, lessons, saving, actions, stage, gallery, film }: AppProps) {
  return (
    <div
      class="page"
      data-comparing={page.comparing.value || undefined}
      data-runs={page.runs.value.length}
      data-lesson={lessons.open.value}
    >
      <TopBar page={page} lessons={lessons} saving={saving} actions={actions} film={film} />
      <WorldPanel page={page} gallery={gallery} />
      <main class="runs">
        <Differences page={page} />
        {page.runs.value.map((run) => (
          <RunCard key={run.id} page={page} run={run} actions={actions} stage={stage} />
        ))}
      </main>
      <LessonGuide lessons={lessons} />
      <AgentPanel page={page} />
      {page.hides('dock') ? null : <Dock page={page} stage={stage} />}
      <Jump />
      <Editors page={page} />
      <DropHint says={`Drop a ${RUN_FILE} file to go on with its run`} />
    </div>
  );
}
