/** Legends of what is drawn on the cells, and the numbers of one of them: the one pointed at, else the agent's own. */
import type { Overlay, StateLook } from '#core/overlay.ts';
import type { Page } from '../../state/page.ts';
import type { RunStore } from '../../state/run-store.ts';
import { figure } from '../../state/values.ts';
import { Legend } from './legend.tsx';

interface CellPanelProps {
  readonly page: Page;
  readonly run: RunStore;
}

export function CellPanel({ page, run: { worker } }: CellPanelProps) {
  const look = worker.screen.look.value.states;
  const action = worker.info.value?.spec.action;
  if (!look || action?.kind !== 'discrete') return <p class="panel-wait">Looking…</p>;
  const has = (overlay: Overlay): boolean => page.shown.value.has(overlay);
  const { ranges } = look;
  const heat = has('values') || has('actions');
  const pointed = look.states.indexOf(worker.screen.pointed.value ?? look.current);
  const row = pointed < 0 ? look.states.indexOf(look.current) : pointed;
  return (
    <div class="overlay-panel" role="group" aria-label="States">
      {has('values') && ranges.values ? <Legend name="V(s)" range={ranges.values} /> : null}
      {has('actions') && ranges.actions ? <Legend name="Q(s, a)" range={ranges.actions} isOpen /> : null}
      {has('visits') && ranges.visits && !heat ? <Legend name="N(s), log" range={ranges.visits} /> : null}
      {has('traces') && look.estimates.traces ? (
        <p class="overlay-legend overlay-mark">e(s, a): the stronger, the larger</p>
      ) : null}
      {row < 0 ? null : <Numbers look={look} row={row} names={action.names} has={has} />}
    </div>
  );
}

interface NumbersProps {
  readonly look: StateLook;
  readonly row: number;
  readonly names: readonly string[];
  readonly has: (overlay: Overlay) => boolean;
}

function Numbers({ look, row, names, has }: NumbersProps) {
  const { values, actionValues, probabilities, visits, traces } = look.estimates;
  const state = look.states[row];
  const columns = [
    { name: 'Q', title: 'Q(s, a)', of: has('actions') && actionValues },
    { name: 'π', title: 'π(a | s)', of: has('policy') && probabilities },
    { name: 'N', title: 'Times learned from', of: has('visits') && visits },
    { name: 'e', title: 'Eligibility trace', of: has('traces') && traces },
  ].flatMap(({ of, ...column }) => (of ? [{ ...column, of }] : []));
  return (
    <>
      <p class="cell-name">
        State {state}
        <span>{state === look.current ? '· where the agent is' : '· pointed at'}</span>
        {has('values') && values ? <b> V {figure(values[row])}</b> : null}
      </p>
      {columns.length === 0 ? null : (
        <table class="cell-numbers">
          <thead>
            <tr>
              <th scope="col">Action</th>
              {columns.map(({ name, title }) => (
                <th key={name} scope="col" title={title}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name, a) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {columns.map((column) => (
                  <td key={column.name}>{figure(column.of[row * names.length + a])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
