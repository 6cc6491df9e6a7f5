/** What overlays show beside the picture: legends and numbers, the agent's view, V over time, the last update in words. */
import { OF_STATES, type Overlay } from '#core/overlay.ts';
import type { Page } from '../../state/page.ts';
import type { RunStore } from '../../state/run-store.ts';
import { CellPanel } from './cell-panel.tsx';
import { EyePanel } from './eye-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { UpdatePanel } from './update-panel.tsx';
import '../../styles/overlay-panels.css';

export interface PanelsProps {
  readonly page: Page;
  readonly run: RunStore;
  /** During human play there is no agent to look into; the room stays, so that the picture keeps its size. */
  readonly taken: boolean;
}

export function OverlayPanels({ page, run, taken }: PanelsProps) {
  return (
    <aside class="overlay-panels" aria-label={`Overlays of run ${page.letterOf(run)}`} tabIndex={0}>
      {taken ? (
        <p class="panel-wait">The agent is paused while you play.</p>
      ) : (
        <Panels key={run.worker.info.value?.run} page={page} run={run} />
      )}
    </aside>
  );
}

function Panels({ page, run }: Omit<PanelsProps, 'taken'>) {
  const has = (overlay: Overlay): boolean => isShown(page, run, overlay);
  return (
    <>
      {OF_STATES.some(has) ? <CellPanel page={page} run={run} /> : null}
      {has('update') ? <UpdatePanel run={run} /> : null}
      {has('history') ? <HistoryPanel run={run} /> : null}
      {has('eye') || has('saliency') ? <EyePanel run={run} salient={has('saliency')} /> : null}
    </>
  );
}

function isShown(page: Page, run: RunStore, overlay: Overlay): boolean {
  const has = run.worker.info.value?.overlays.includes(overlay) ?? false;
  return has && page.shown.value.has(overlay);
}
