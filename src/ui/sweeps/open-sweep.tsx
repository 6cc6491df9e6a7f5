/** What the room shows before a sweep is open. */
import { OpenButtons } from './open-buttons.tsx';
import { Problems } from './problems.tsx';
import type { SweepStore } from './sweep-store.ts';

export function OpenSweep({ store }: { readonly store: SweepStore }) {
  return (
    <section class="sweep-open-panel" aria-labelledby="open-sweep">
      <h2 id="open-sweep">Watch a sweep</h2>
      <p>
        <code>ludus sweep plan.json</code> searches settings and writes a folder. Open it here to see its
        trials, their scores and its tree grow while it runs. Nothing is uploaded.
      </p>
      <Problems store={store} />
      <p class="sweep-buttons">
        <OpenButtons store={store} main />
      </p>
      <p class="dim">
        Or drop the folder, or its <code>plan.json</code> and <code>results.jsonl</code>, anywhere on the
        page.
      </p>
      {store.busy.value ? <p role="status">Reading …</p> : null}
    </section>
  );
}
