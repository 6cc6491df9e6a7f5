/** The toggles of a run's overlays. One of them is in the tab order; arrows go on to the others. */
import {
  ChartBarBig,
  ChartSpline,
  Focus,
  Footprints,
  MessageSquareText,
  Navigation,
  ScanEye,
  Thermometer,
  Triangle,
  Waypoints,
  type LucideIcon,
} from 'lucide-preact';
import { useState } from 'preact/hooks';
import type { Overlay } from '#core/overlay.ts';
import { toggled } from '../../state/overlays.ts';
import type { Page } from '../../state/page.ts';
import type { RunStore } from '../../state/run-store.ts';

interface Look {
  readonly name: string;
  readonly help: string;
  readonly icon: LucideIcon;
}

const LOOKS: Readonly<Record<Overlay, Look>> = {
  values: {
    name: 'Values',
    help: 'V(s): the return the agent expects from each state, as a heat map',
    icon: Thermometer,
  },
  actions: { name: 'Q', help: 'Q(s, a): what it expects of each action, as triangles', icon: Triangle },
  policy: {
    name: 'Policy',
    help: 'Arrows: which action it would take in each state, the longer the more likely',
    icon: Navigation,
  },
  visits: { name: 'Visits', help: 'N(s): how often it has learned from each state', icon: Footprints },
  traces: {
    name: 'Traces',
    help: 'e(s, a): how much of the next error reaches each state and action',
    icon: Waypoints,
  },
  saliency: {
    name: 'Saliency',
    help: 'Which inputs the choice depends on: its gradient with respect to the observation',
    icon: Focus,
  },
  eye: { name: 'Agent’s view', help: 'What the network gets, after all wrappers', icon: ScanEye },
  history: { name: 'V over time', help: 'V(s) over the last 200 steps shown', icon: ChartSpline },
  update: { name: 'Last update', help: 'What it learned last, in words', icon: MessageSquareText },
  bars: { name: 'Bars', help: 'Q(s, a) or π(a | s) of the state shown (V)', icon: ChartBarBig },
};

interface ToolbarProps {
  readonly page: Page;
  readonly run: RunStore;
}

export function OverlayToolbar({ page, run }: ToolbarProps) {
  const [tabStop, setTabStop] = useState(0);
  const overlays = run.worker.info.value?.overlays ?? [];
  if (overlays.length === 0) return <div class="overlay-bar" />;
  const reachable = Math.min(tabStop, overlays.length - 1);
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const { key, currentTarget } = event;
    const last = overlays.length - 1;
    const next = { ArrowLeft: reachable - 1, ArrowRight: reachable + 1, Home: 0, End: last }[key];
    if (next === undefined) return;
    // The arrow is not meant for the run.
    event.stopPropagation();
    event.preventDefault();
    const to = (next + overlays.length) % overlays.length;
    setTabStop(to);
    currentTarget.querySelectorAll('button')[to]?.focus();
  };
  return (
    <div class="overlay-bar" role="toolbar" aria-label="Overlays" onKeyDown={onKeyDown}>
      {overlays.map((overlay, k) => {
        const { name, help, icon: Icon } = LOOKS[overlay];
        return (
          <button
            key={overlay}
            type="button"
            class="overlay-toggle"
            data-overlay={overlay}
            tabIndex={k === reachable ? 0 : -1}
            aria-pressed={page.shown.value.has(overlay)}
            aria-label={name}
            title={help}
            onFocus={() => setTabStop(k)}
            onClick={() => (page.shown.value = toggled(page.shown.value, overlay))}
          >
            <Icon size={14} aria-hidden /> <span class="overlay-name">{name}</span>
          </button>
        );
      })}
    </div>
  );
}
