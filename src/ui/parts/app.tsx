/** The page: its parts in their places. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { Stage } from '#view/stage.ts';
import { listenToKeys, makeActions, type Actions } from '../state/actions.ts';
import type { Page } from '../state/page.ts';
import { AgentPanel } from './agent-panel.tsx';
import { Curves } from './curves.tsx';
import { Differences } from './differences.tsx';
import { Notices } from './notices.tsx';
import { RunCard } from './run-card.tsx';
import { TopBar } from './top-bar.tsx';
import { WorldPanel } from './world-panel.tsx';

/** Milliseconds without a change after which the address follows: browsers refuse more than a few changes a second. */
const REST = 300;

/** Puts the page into an element, listens to its keys and keeps the address in step with the set-up. */
export function mount(root: HTMLElement, page: Page): void {
  const actions = makeActions(page);
  const stage = Stage.create();
  // Without a stage every card says so; the runs learn all the same.
  stage.catch(() => undefined);
  render(<App page={page} actions={actions} stage={stage} />, root);
  listenToKeys(globalThis, page, actions);
  let opened = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const { value: link } = page.link;
    // Not before the link that came has been read.
    opened ||= page.focused.value.worker.info.value !== undefined;
    clearTimeout(timer);
    if (opened) timer = setTimeout(() => history.replaceState(null, '', `#${link}`), REST);
  });
  addEventListener('hashchange', () => {
    clearTimeout(timer);
    void page.open(location.hash);
  });
}

interface AppProps {
  readonly page: Page;
  readonly actions: Actions;
  readonly stage: Promise<Stage>;
}

function App({ page, actions, stage }: AppProps) {
  return (
    <div class="page" data-comparing={page.comparing.value || undefined}>
      <TopBar page={page} actions={actions} />
      <Notices page={page} />
      <WorldPanel page={page} />
      <main class="runs">
        <Differences page={page} />
        {page.runs.value.map((run) => (
          <RunCard key={run.id} page={page} run={run} actions={actions} stage={stage} />
        ))}
      </main>
      <AgentPanel page={page} />
      <Curves page={page} />
    </div>
  );
}
