/** The page: its parts in their places, and the message that lies across it when something went wrong. */
import { effect } from '@preact/signals';
import { TriangleAlert, X } from 'lucide-preact';
import { render } from 'preact';
import { listenToKeys, makeActions, type Actions } from './actions.ts';
import { Arena } from './arena.tsx';
import { Curves } from './curves.tsx';
import { AgentPanel, WorldPanel } from './panels.tsx';
import type { Store } from './store.ts';
import { TopBar } from './top-bar.tsx';

/** Puts the page into an element, listens to its keys and keeps the address in step with the set-up. */
export function mount(root: HTMLElement, store: Store): void {
  const actions = makeActions(store);
  render(<App store={store} actions={actions} />, root);
  listenToKeys(globalThis, store, actions);
  let opened = false;
  effect(() => {
    const { value: link } = store.link;
    // Not before the link that came has been read.
    if (store.info.value) opened = true;
    if (opened) history.replaceState(null, '', `#${link}`);
  });
  addEventListener('hashchange', () => void store.open(location.hash));
}

function App({ store, actions }: { readonly store: Store; readonly actions: Actions }) {
  return (
    <div
      class="page"
      data-phase={store.phase.value}
      data-taken={store.humanPlays.game.value ? '' : undefined}
    >
      <TopBar store={store} actions={actions} />
      <Message store={store} />
      <WorldPanel store={store} />
      <Arena store={store} actions={actions} />
      <AgentPanel store={store} />
      <Curves store={store} />
    </div>
  );
}

function Message({ store }: { readonly store: Store }) {
  const { value: notice } = store.notice;
  if (!notice) return null;
  return (
    <div class={`notice notice-${notice.kind}`} id="notice" role="alert">
      <TriangleAlert size={18} aria-hidden />
      <div>
        <strong>{notice.title}</strong>
        {notice.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {notice.restart ? (
        <button type="button" id="restart" onClick={() => void store.restart()}>
          Restart
        </button>
      ) : null}
      <button
        type="button"
        class="icon"
        aria-label="Put the message away"
        onClick={() => (store.notice.value = undefined)}
      >
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}
