/** The dock below the arena: curves, and whatever else is told about the runs, one tab at a time. */
import type { ComponentType } from 'preact';
import type { Stage } from '#view/stage.ts';
import { openTab } from '../state/dock.ts';
import type { Page } from '../state/page.ts';
import { Curves } from './curves.tsx';
import { Lazy } from './lazy.tsx';

export interface DockProps {
  readonly page: Page;
  /** The renderer of pictures. */
  readonly stage: Promise<Stage>;
}

interface DockTab {
  readonly id: string;
  readonly title: string;
  /** Absent: part of the first sight. */
  readonly load?: () => Promise<ComponentType<DockProps>>;
}

const DOCK_TABS: readonly DockTab[] = [
  { id: 'curves', title: 'Curves' },
  { id: 'runs', title: 'Runs', load: async () => (await import('./runs-table.tsx')).RunsTable },
  {
    id: 'network',
    title: 'Network',
    load: async () => (await import('../network/network-tab.tsx')).NetworkTab,
  },
  { id: 'time', title: 'Time', load: async () => (await import('../time/time-tab.tsx')).TimeTab },
];

export function Dock({ page, stage }: DockProps) {
  const load = DOCK_TABS.find(({ id }) => id === openTab.value)?.load;
  return (
    <section class="dock" aria-label="About the runs">
      {DOCK_TABS.length > 1 ? <Tabs /> : null}
      {load ? <Lazy key={openTab.value} load={load} props={{ page, stage }} /> : <Curves page={page} />}
    </section>
  );
}

function Tabs() {
  return (
    <nav class="dock-tabs" aria-label="Parts of the dock">
      {DOCK_TABS.map(({ id, title }) => (
        <button
          key={id}
          type="button"
          data-tab={id}
          aria-pressed={openTab.value === id}
          onClick={() => (openTab.value = id)}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}
