/** Tells a worker which overlays the page shows of its run, whenever that changes. */
import { effect, untracked, type ReadonlySignal } from '@preact/signals';
import type { Overlay } from '#core/overlay.ts';
import type { RunInfo } from '#worker/protocol.ts';
import type { Shown } from './overlays.ts';

export interface WatchDeps {
  readonly info: ReadonlySignal<RunInfo | undefined>;
  readonly shown: ReadonlySignal<Shown>;
  readonly tell: (overlays: readonly Overlay[]) => void;
}

/** Returns a function that stops it. A worker that was told nothing shows nothing. */
export function watchOverlays({ info, shown, tell }: WatchDeps): () => void {
  let told = '';
  return effect(() => {
    const asked = info.value?.overlays.filter((overlay) => shown.value.has(overlay));
    if (!asked) return;
    // Also for a new run: its worker may be another.
    const text = asked.filter((overlay) => overlay !== 'bars').join();
    if (text === '' && told === '') return;
    told = text;
    untracked(() => tell(asked));
  });
}
