/** What the model takes the digit for, class by class; a click asks what matters for a class. */
import type { FitStore } from '../state/fit-store.ts';
import type { Pad } from '../state/pad.ts';

export function Probabilities({ fit, pad }: { readonly fit: FitStore; readonly pad: Pad }) {
  const { value: reading } = pad.reading;
  const names = fit.info.value?.task.names ?? [];
  const guess = pad.guess.value;
  return (
    <ol class="probabilities" aria-label="Probabilities">
      {names.map((name, k) => {
        const probability = reading?.probabilities[k] ?? 0;
        const said = reading ? `${(100 * probability).toFixed(1)} %` : '–';
        return (
          <li key={name} data-best={k === guess || undefined}>
            <button
              type="button"
              aria-pressed={pad.chosen.value === k}
              aria-label={`${name}: ${said}`}
              title={`Show which pixels speak for ${name}`}
              disabled={!reading}
              onClick={() => pad.choose(k)}
            >
              <span class="probability-name">{name}</span>
              <span class="probability-bar">
                <i style={{ width: `${100 * probability}%` }} />
              </span>
              <span class="probability-value">{said}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
