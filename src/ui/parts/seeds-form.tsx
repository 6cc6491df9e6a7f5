/** Trains the settings of the selected run on several seeds. */
import { signal } from '@preact/signals';
import { Sprout } from 'lucide-preact';
import { useId, useState } from 'preact/hooks';
import type { Page } from '../state/page.ts';
import { firstOf, SEEDS, stepsFor } from '../state/seed-group.ts';
import { TextInput } from './field.tsx';

/** What was typed; until then, about as many steps as the run has taken when the form is opened. */
const typed = signal<string | undefined>(undefined);

const [FEWEST, MOST] = [100, 1e9];

export function SeedsForm({ page }: { readonly page: Page }) {
  const [input, error] = [useId(), useId()];
  const { value: run } = page.focused;
  const { value: info } = run.worker.info;
  // Not as it grows: what is being typed would be replaced.
  const [offered] = useState(() => String(stepsFor(run.worker.record.progress)));
  const shown = typed.value ?? offered;
  const steps = Number(shown);
  const isWrong = !(Number.isInteger(steps) && steps >= FEWEST && steps <= MOST);
  const first = firstOf(info?.request.seed ?? 1);
  const whose = page.comparing.value ? `run ${page.letterOf(run)}` : 'the run';
  return (
    <form
      class="seeds-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) page.trainSeeds(steps);
      }}
    >
      <button
        type="submit"
        disabled={isWrong || !info}
        title={`Train the settings of ${whose} on the seeds ${first} to ${first + SEEDS - 1}, out of sight, for the same number of steps each`}
      >
        <Sprout size={14} aria-hidden /> {SEEDS} seeds
      </button>
      <label for={input}>{info?.unit === 'examples' ? 'Examples' : 'Steps'} each</label>
      <TextInput
        id={input}
        class="number"
        inputMode="numeric"
        aria-invalid={isWrong}
        aria-describedby={error}
        value={shown}
        onChange={(value) => (typed.value = value.trim() === '' ? undefined : value)}
      />
      <p id={error} class="error" role="alert">
        {isWrong ? `Expected a whole number from 100 to 1,000,000,000, got ${shown}.` : null}
      </p>
    </form>
  );
}
