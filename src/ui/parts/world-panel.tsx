/** The world with its parameters, reward terms and wrappers, and the seed: what all runs on the page have in common. */
import { useId, useState } from 'preact/hooks';
import type { WorldEntry } from '#worker/protocol.ts';
import { RewardAdditions } from '../editors/reward-additions.tsx';
import type { Page } from '../state/page.ts';
import { runSection } from '../state/run-section.ts';
import type { RunStore } from '../state/run-store.ts';
import { problemAt, text } from '../state/values.ts';
import { TextInput } from './field.tsx';
import { Fields, FoldedFields, Picker, ProblemLine } from './fields.tsx';
import { GalleryButton, type GalleryDeps } from './gallery-button.tsx';
import { Lazy } from './lazy.tsx';
import { TrainedButton } from './trained-button.tsx';

interface WorldPanelProps {
  readonly page: Page;
  readonly gallery: GalleryDeps;
}

export function WorldPanel({ page, gallery }: WorldPanelProps) {
  const { catalogue } = page;
  const { value: run } = page.focused;
  const { world } = run.form;
  const title = useId();
  return (
    <section class="panel panel-world" aria-labelledby={title}>
      <h2 id={title}>World {page.comparing.value ? <small class="both">same for all runs</small> : null}</h2>
      {page.hides('world') ? null : (
        <Picker
          label="World"
          entries={catalogue.value?.worlds ?? []}
          value={run.draft.value.world}
          onPick={(id) => void page.pickWorld(id)}
        />
      )}
      {page.hides('world') || page.hides('gallery') ? null : <GalleryButton page={page} deps={gallery} />}
      {page.hides('world') || page.hides('gallery') ? null : (
        <TrainedButton page={page} stage={gallery.stage} />
      )}
      <ProblemLine problem={problemAt(run.problems.value, 'world')} />
      <p class="summary">{world.value?.summary}</p>
      {world.value ? <AboutWorld world={world.value} /> : null}
      {world.value?.needs === undefined ? null : <p class="summary">{world.value.needs}</p>}
      {page.hides('seed') ? null : <SeedField page={page} run={run} />}
      {page.hides('params') ? null : <Fields section={runSection(page, run, 'world')} title="Parameters" />}
      {page.hides('rewards') ? null : (
        <>
          <Fields section={runSection(page, run, 'reward')} title="Rewards" />
          <RewardAdditions page={page} run={run} />
        </>
      )}
      {page.hides('wrappers') ? null : (
        <FoldedFields section={runSection(page, run, 'wrap')} title="Wrappers" />
      )}
    </section>
  );
}

const loadCard = async () => (await import('../gallery/world-card.tsx')).WorldCard;

function AboutWorld({ world }: { readonly world: WorldEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="about-world" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Observations, actions, rewards and scores</summary>
      {open ? <Lazy load={loadCard} props={{ world }} /> : null}
    </details>
  );
}

function SeedField({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const { form, problems, worker } = run;
  const { value: info } = worker.info;
  const { seed: shown } = form;
  const waits = info !== undefined && String(shown) !== String(info.request.seed);
  const problem = problemAt(problems.value, 'seed');
  const [input, error] = [useId(), useId()];
  return (
    <div class="field">
      <div
        class="field-head"
        title="The same seed gives the same episodes and the same initial network weights; applied at the next reset"
      >
        <label for={input}>Seed</label>
        {waits ? <span class="tag tag-waits">needs reset</span> : null}
        <TextInput
          id={input}
          class="number"
          inputMode="numeric"
          aria-invalid={problem !== undefined}
          aria-describedby={error}
          value={text(shown)}
          onChange={(seed) => page.setSeed(seed)}
        />
      </div>
      <ProblemLine problem={problem} id={error} />
    </div>
  );
}
