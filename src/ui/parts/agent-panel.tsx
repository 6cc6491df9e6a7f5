/** The agent of the focused run with its preset and settings, and the switch between the agents of two runs. */
import { useId } from 'preact/hooks';
import type { Page } from '../state/page.ts';
import { runSection } from '../state/run-section.ts';
import type { RunStore } from '../state/run-store.ts';
import { problemAt } from '../state/values.ts';
import { CloneCard, LearnsFrom } from './clone-card.tsx';
import { Fields, Picker, ProblemLine } from './fields.tsx';
import { LetterBadge } from './letter.tsx';

export function AgentPanel({ page }: { readonly page: Page }) {
  const { value: run } = page.focused;
  const { problems, cloning, draft } = run;
  const { value: asked } = cloning.asked;
  const agents = page.catalogue.value?.agents ?? [];
  const shown = asked ? agents.find(({ id }) => id === asked.request.agent) : run.form.agent.value;
  const title = useId();
  return (
    <section class="panel panel-agent" aria-labelledby={title} data-run={page.letterOf(run)}>
      <h2 id={title}>Agent {page.comparing.value ? `of run ${page.letterOf(run)}` : ''}</h2>
      <Tabs page={page} />
      {page.hides('agent') ? null : (
        <Picker
          label="Agent"
          entries={agents}
          value={shown?.id ?? draft.value.agent}
          onPick={(id) => void run.pickAgent(id)}
        />
      )}
      <ProblemLine
        problem={problemAt(problems.value, 'agent') ?? problemAt(problems.value, 'demonstrations')}
      />
      <p class="summary">{shown?.summary}</p>
      <CloneCard key={run.id} page={page} run={run} />
      <LearnsFrom run={run} />
      {asked ? null : (
        <>
          {page.hides('preset') ? null : <PresetPicker run={run} />}
          <ProblemLine problem={problemAt(problems.value, 'preset')} />
          {page.hides('config') ? null : (
            <Fields
              key={run.form.agent.value?.id}
              section={runSection(page, run, 'agent')}
              title="Settings"
            />
          )}
        </>
      )}
    </section>
  );
}

/** Which of two agents the panel shows: clicking a run's card does the same. */
function Tabs({ page }: { readonly page: Page }) {
  if (!page.comparing.value) return null;
  return (
    <div class="tabs" role="group" aria-label="Agent to edit">
      {page.runs.value.map((run) => (
        <button
          key={run.id}
          type="button"
          aria-pressed={run === page.focused.value}
          data-run={page.letterOf(run)}
          onClick={() => page.focus(run)}
        >
          <LetterBadge page={page} run={run} /> {run.form.agent.value?.title}
        </button>
      ))}
    </div>
  );
}

function PresetPicker({ run }: { readonly run: RunStore }) {
  const { value: draft } = run.draft;
  const { value: presets } = run.form.presets;
  if (presets.length === 0) return null;
  return (
    <label class="preset" title={presets.find(({ id }) => id === draft.preset)?.source}>
      Preset
      <select
        value={draft.preset ?? ''}
        onChange={({ currentTarget }) => void run.pickPreset(currentTarget.value || undefined)}
      >
        <option value="">defaults</option>
        {presets.map(({ id }) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}
