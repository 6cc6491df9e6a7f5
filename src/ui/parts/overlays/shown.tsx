/** The picture of a run, and beside it what its overlays have to say. */
import type { ComponentChildren, ComponentType } from 'preact';
import type { Page } from '../../state/page.ts';
import { stateAt } from '../../state/pointing.ts';
import type { RunStore } from '../../state/run-store.ts';
import { Lazy } from '../lazy.tsx';
import type { PanelsProps } from './panels.tsx';

interface ShownProps {
  readonly page: Page;
  readonly run: RunStore;
  /** Whether the user plays. */
  readonly taken: boolean;
  readonly children: ComponentChildren;
}

export function Shown({ page, run, taken, children }: ShownProps) {
  const overlays = run.worker.info.value?.overlays ?? [];
  const isOpen = overlays.some((each) => each !== 'bars' && page.shown.value.has(each));
  return (
    <div class="scene">
      <div
        class="picture"
        onPointerMove={(event) => point(run, event)}
        onPointerDown={(event) => point(run, event)}
        onPointerLeave={({ pointerType }) => {
          // A finger leaves when it is lifted; what it touched is still meant.
          if (pointerType !== 'touch') run.worker.screen.pointed.value = undefined;
        }}
      >
        {children}
      </div>
      {isOpen ? <Lazy load={loadPanels} props={{ page, run, taken }} /> : null}
    </div>
  );
}

async function loadPanels(): Promise<ComponentType<PanelsProps>> {
  return (await import('./panels.tsx')).OverlayPanels;
}

function point({ worker: { screen } }: RunStore, event: PointerEvent): void {
  const { states } = screen.look.peek();
  if (!states || !(event.currentTarget instanceof HTMLElement)) return;
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  const at = { x: event.clientX - left, y: event.clientY - top, width, height };
  screen.pointed.value = stateAt(states, screen.extent.peek(), at);
}
