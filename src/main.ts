/** The page's composition root: the room that the address asks for, over workers of its own, shown in one element. */
import { config } from 'zod';
import { keepOffline } from '#ui/state/offline.ts';
import { followTheme } from '#ui/state/theme.ts';
import './ui/styles/index.css';

const root = document.querySelector<HTMLElement>('#app');
if (!root) throw new Error('#app: expected an element, got none');

// It would try whether it may write code, which the page's policy forbids and reports.
config({ jitless: true });
followTheme();
keepOffline();

const inClassifier = (): boolean => new URLSearchParams(location.hash.slice(1)).get('room') === 'classifier';

/** A room is loaded when it is entered; none carries the other's code. */
async function enter(root: HTMLElement, classifier: boolean): Promise<void> {
  if (classifier) {
    const { mountClassifier } = await import('#ui/classifier/room.tsx');
    mountClassifier(
      root,
      () =>
        new Worker(new URL('./worker/classifier/classifier.worker.ts', import.meta.url), {
          type: 'module',
          name: 'classifier',
        }),
    );
  } else {
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
        new Worker(new URL('./worker/film/gif.worker.ts', import.meta.url), { type: 'module', name: 'gif' }),
    });
  }
}

const classifier = inClassifier();
void enter(root, classifier);
// The other room is another page: workers and charts of this one end with it.
addEventListener('hashchange', (event) => {
  if (inClassifier() === classifier) return;
  event.stopImmediatePropagation();
  location.reload();
});
