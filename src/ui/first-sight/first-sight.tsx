/**
 * What a visitor sees first: a film of a trained agent until the first run has a picture of its own, and a sentence that says what
 * is seen and what to try.
 */
import { signal } from '@preact/signals';
import { X } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { keep, readKept } from '../state/kept.ts';
import type { Page } from '../state/page.ts';
import { isPacked } from '../state/packed-link.ts';
import { fromLink } from '../state/permalink.ts';
import type { RunStore } from '../state/run-store.ts';
import { count } from '../state/values.ts';
import { Film } from './film.ts';
import file from './film.json';
import { IconButton } from '../parts/icon-button.tsx';

const KEY = 'ludus.first-sight';
const DISMISSED = 'dismissed';

/** Whether the sentence has been dismissed, now or on an earlier visit. */
const dismissed = signal(readKept(KEY) === DISMISSED);

export function FirstSight({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const { screen } = run.worker;
  // Of another world, or beside a second run, the film would be a riddle.
  const [suits] = useState(() => {
    // Nobody packs a link of what opens first.
    if (isPacked(location.hash)) return false;
    const { setup, others, lesson } = fromLink(location.hash);
    return (
      page.runs.peek().length === 1 && others.length === 0 && !lesson && setup.request.world === file.world
    );
  });
  useEffect(() => (suits ? play(run.worker) : undefined), [run, suits]);
  const failed = run.worker.phase.value === 'failed';
  if (dismissed.value || failed || page.comparing.value) return null;
  // The same box from the beginning, so that the picture keeps its size.
  return (
    <p class="first-sight">
      <span>
        {run.humanPlays.game.value ? (
          <>
            <b>Your turn:</b> the agent waits, and learns nothing from what you do.
          </>
        ) : screen.live.value ? (
          <>
            <b>Live:</b> this agent {run.goesOn.value ? 'goes on learning' : 'began with nothing'}. Watch its
            curve climb, change a reward, or take over and play.
          </>
        ) : suits ? (
          <>
            <b>A recording:</b> {file.title} after {count(file.trainedFor)} steps of training. Your own agent
            starts from nothing in a moment.
          </>
        ) : (
          'Loading: an agent starts from nothing in a moment.'
        )}
      </span>
      <IconButton label="Hide this line" onClick={dismiss}>
        <X size={15} aria-hidden />
      </IconButton>
    </p>
  );
}

function dismiss(): void {
  dismissed.value = true;
  keep(KEY, DISMISSED);
}

/** Shows the film over and over until there is a live picture; a still from it where motion is not wanted. Returns what ends it. */
function play({ screen, phase }: RunStore['worker']): () => void {
  const film = new Film(file);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const begun = performance.now();
  let request = 0;
  const show = (now: number): void => {
    if (screen.live.peek() || phase.peek() === 'failed') return;
    const k = still ? 0 : Math.floor((Math.max(0, now - begun) / 1000) * file.fps) % film.length;
    screen.preview(film.frame(k));
    request = requestAnimationFrame(show);
  };
  request = requestAnimationFrame(show);
  return () => cancelAnimationFrame(request);
}
