/** The page's composition root: one store over one worker, shown in one element. */
import './ui/styles.css';
import 'uplot/dist/uPlot.min.css';
import { mount } from '#ui/parts/app.tsx';
import { Store } from '#ui/state/store.ts';

const root = document.querySelector<HTMLElement>('#app');
if (!root) throw new Error('#app: expected an element, got none');

const store = new Store(
  () =>
    new Worker(new URL('./worker/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' }),
);
mount(root, store);
void store.open(location.hash);
