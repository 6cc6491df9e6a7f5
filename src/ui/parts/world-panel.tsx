/** The world with its parameters, reward terms and wrappers, and the seed: what all runs on the page have in common. */
import { useId } from 'preact/hooks';
import { RewardAdditions } from '../editors/reward-additions.tsx';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { problemAt, rewardField, text } from '../state/values.ts';
import { TextInput } from './field.tsx';
import { Fields, Picker, ProblemLine } from './fields.tsx';

export function WorldPanel({ page }: { readonly page: Page }) {
  const { catalogue } = page;
  const { value: run } = page.focused;
  const { world, terms } = run.form;
  const title = useId();
  return (
    <section class="panel panel-world" aria-labelledby={title}>
      <h2 id={title}>World {page.comparing.value ? <small class="both">same for both runs</small> : null}</h2>
      <Picker
        label="World"
        entries={catalogue.value?.worlds ?? []}
        value={run.draft.value.world}
        onPick={(id) => void page.pickWorld(id)}
      />
      <ProblemLine problem={problemAt(run.problems.value, 'world')} />
      <p class="summary">{world.value?.summary}</p>
      {world.value?.needs === undefined ? null : <p class="summary">{world.value.needs}</p>}
      <SeedField page={page} run={run} />
      <Fields page={page} run={run} section="world" title="Parameters" fields={world.value?.fields ?? []} />
      <Fields page={page} run={run} section="reward" title="Rewards" fields={terms.value.map(rewardField)} />
      <RewardAdditions key={run.id} page={page} run={run} />
      <Fields
        page={page}
        run={run}
        section="wrap"
        title="Wrappers"
        fields={catalogue.value?.wrappers ?? []}
      />
    </section>
  );
}

function SeedField({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const { draft, problems, worker } = run;
  const { value: info } = worker.info;
  const shown = draft.value.seed ?? info?.request.seed ?? 1;
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
