/** The page's composition root: the page's state over workers of its own, shown in one element. */
import './ui/styles/index.css';
import { mount } from '#ui/parts/app.tsx';
import { Page } from '#ui/state/page.ts';

const root = document.querySelector<HTMLElement>('#app');
if (!root) throw new Error('#app: expected an element, got none');

const page = new Page(
  () =>
    new Worker(new URL('./worker/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' }),
);
mount(root, page);
void page.open(location.hash);
