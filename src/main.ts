/** The page's composition root: the room that the address asks for, over workers of its own, shown in one element. */
import { config } from 'zod';
import { enterRoom } from '#ui/state/address-bar.ts';
import { leaving } from '#ui/state/leaving.ts';
import { keepOffline } from '#ui/state/offline.ts';
import { followTheme } from '#ui/state/theme.ts';
import './ui/styles/index.css';

const root = document.querySelector<HTMLElement>('#app');
if (!root) throw new Error('#app: expected an element, got none');

// It would try whether it may write code, which the page's policy forbids and reports.
config({ jitless: true });
followTheme();
keepOffline();

type Room = 'arena' | 'classifier' | 'sweeps';

function asked(): Room {
  const room = new URLSearchParams(location.hash.slice(1)).get('room');
  return room === 'classifier' || room === 'sweeps' ? room : 'arena';
}

/** A room is loaded when it is entered; none carries the others' code. */
async function enter(root: HTMLElement, room: Room): Promise<void> {
  switch (room) {
    case 'classifier': {
      const { mountClassifier } = await import('#ui/classifier/room.tsx');
      return mountClassifier(
        root,
        () =>
          new Worker(new URL('./worker/classifier/classifier.worker.ts', import.meta.url), {
            type: 'module',
            name: 'classifier',
          }),
      );
    }
    case 'sweeps': {
      const { mountSweeps } = await import('#ui/sweeps/room.tsx');
      return mountSweeps(
        root,
        () =>
          new Worker(new URL('./worker/sweep/sweep.worker.ts', import.meta.url), {
            type: 'module',
            name: 'sweep',
          }),
      );
    }
    case 'arena': {
      const { mountArena } = await import('#ui/parts/app.tsx');
      mountArena(root, {
        trainer: () =>
          new Worker(new URL('./worker/trainer.worker.ts', import.meta.url), {
            type: 'module',
            name: 'trainer',
          }),
        gallery: () =>
          new Worker(new URL('./worker/gallery/gallery.worker.ts', import.meta.url), {
            type: 'module',
            name: 'gallery',
          }),
        gif: () =>
          new Worker(new URL('./worker/film/gif.worker.ts', import.meta.url), {
            type: 'module',
            name: 'gif',
          }),
      });
    }
  }
}

/** Milliseconds that the way to another room waits for what is to be saved. */
const LONGEST_SAVE = 5000;

const room = asked();
let isLeaving = false;
void enter(root, room);
// Another room is another page: workers and charts of this one end with it.
addEventListener('hashchange', (event) => {
  if (asked() === room && !isLeaving) return;
  event.stopImmediatePropagation();
  // Whoever comes back meanwhile finds this room as it is saved; one that went on here would begin anew.
  if (!isLeaving) void leaving.savedWithin(LONGEST_SAVE).then(enterRoom);
  isLeaving = true;
});
