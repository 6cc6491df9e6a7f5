/** Bars of the values or probabilities of each action in the state shown; the best one stands out. */
import type { RunStore } from '../state/run-store.ts';
import { figure } from '../state/values.ts';

export function InspectionBars({ run: { worker } }: { readonly run: RunStore }) {
  const { actionValues, probabilities, value } = worker.screen.inspection.value;
  const action = worker.info.value?.spec.action;
  const numbers = actionValues ?? probabilities;
  if (!numbers || action?.kind !== 'discrete') return null;
  const best = numbers.indexOf(Math.max(...numbers));
  const low = actionValues ? Math.min(...numbers) : 0;
  const span = actionValues ? Math.max(...numbers) - low : 1;
  return (
    <figure class="inspection" aria-label={actionValues ? 'Action values' : 'Action probabilities'}>
      <figcaption>
        {actionValues ? 'Q(s, a)' : 'π(a | s)'}
        {value === undefined ? null : <span> · V(s) {figure(value)}</span>}
      </figcaption>
      {Array.from(numbers, (number, i) => (
        <div key={i} class="inspection-row" data-best={i === best || undefined}>
          <span class="inspection-name" title={action.names[i]}>
            {action.names[i]}
          </span>
          <span class="inspection-bar">
            <i style={{ width: `${span > 0 ? 6 + (94 * (number - low)) / span : 50}%` }} />
          </span>
          <span class="inspection-value">{figure(number)}</span>
        </div>
      ))}
    </figure>
  );
}
