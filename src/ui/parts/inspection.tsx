/** Bars of the values or probabilities of each action in the state shown; the best one stands out. */
import { advantages, barOf } from '../state/bar-scale.ts';
import type { RunStore } from '../state/run-store.ts';
import { figure } from '../state/values.ts';

const CERTAINTY = { low: 0, high: 1 };

/** As high with two actions as with twenty, so that the picture keeps its size. */
export function InspectionBars({ run: { worker } }: { readonly run: RunStore }) {
  const { actionValues, probabilities, value } = worker.screen.inspection.value;
  const action = worker.info.value?.spec.action;
  const numbers = actionValues ?? probabilities;
  if (!numbers || action?.kind !== 'discrete') return null;
  const scale = actionValues ? worker.screen.barScale.value : CERTAINTY;
  const lengths = actionValues ? advantages(actionValues) : numbers;
  const best = numbers.indexOf(Math.max(...numbers));
  return (
    <figure
      class="inspection"
      aria-label={actionValues ? 'Action values' : 'Action probabilities'}
      data-columns={Math.ceil(numbers.length / ROWS)}
    >
      <figcaption
        title={
          actionValues
            ? 'A bar is how much better or worse an action is than the mean of all; the scale is that of the last states'
            : undefined
        }
      >
        {actionValues ? 'Q(s, a)' : 'π(a | s)'}
        {value === undefined ? null : <span> · V(s) {figure(value)}</span>}
      </figcaption>
      <div
        class="inspection-rows"
        // Several columns may be wider than the card, and are then scrolled with the arrows too.
        {...(numbers.length > ROWS && { tabIndex: 0, role: 'group', 'aria-label': 'All actions' })}
      >
        {Array.from(numbers, (number, i) => {
          const { from, length } = barOf(scale, lengths[i]);
          return (
            <div key={i} class="inspection-row" data-best={i === best || undefined}>
              <span class="inspection-name" title={action.names[i]}>
                {action.names[i]}
              </span>
              <span class="inspection-bar">
                <i style={{ marginLeft: `${100 * from}%`, width: `${100 * length}%` }} />
              </span>
              <span class="inspection-value">{figure(number)}</span>
            </div>
          );
        })}
      </div>
    </figure>
  );
}

/** Rows before another column begins, as in the style sheet. */
const ROWS = 4;
