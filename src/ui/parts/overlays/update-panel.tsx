/** What an agent learned last, in words; the formula with its numbers on demand. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { BatchUpdate, TableUpdate } from '#core/agent.ts';
import type { RunStore } from '../../state/run-store.ts';
import { figure } from '../../state/values.ts';

/** Milliseconds for which a sentence stays while the run goes on. */
const READING_TIME = 2500;

export function UpdatePanel({ run: { worker } }: { readonly run: RunStore }) {
  const { update } = worker.screen.look.value;
  const running = worker.phase.value === 'running';
  const [told, setTold] = useState<TableUpdate | BatchUpdate>();
  const since = useRef(-Infinity);
  useEffect(() => {
    if (!update || (running && performance.now() - since.current < READING_TIME)) return;
    since.current = performance.now();
    setTold(update);
  }, [update, running]);
  const action = worker.info.value?.spec.action;
  return (
    <div class="overlay-panel" role="group" aria-label="Last update">
      <p class="panel-title">Last update</p>
      {told && action?.kind === 'discrete' ? (
        sentence(told, action.names[told.action])
      ) : (
        <p class="panel-wait">Nothing learned yet.</p>
      )}
    </div>
  );
}

function sentence(update: TableUpdate | BatchUpdate, action: string) {
  switch (update.kind) {
    case 'table':
      return <TableSentence update={update} action={action} />;
    case 'batch':
      return <BatchSentence update={update} action={action} />;
  }
}

interface SentenceProps<Update> {
  readonly update: Update;
  readonly action: string;
}

function TableSentence({ update, action }: SentenceProps<TableUpdate>) {
  const { state, before, after, reward, target } = update;
  const change = after - before;
  const share = target === before ? undefined : change / (target - before);
  const formula = `Q(${state}, ${action}) ← ${figure(before)} + ${share === undefined ? 'α' : figure(share)} · (${figure(target)} − ${signed(before)}) = ${figure(after)}`;
  return (
    <details class="told-update" title={formula}>
      <summary>
        In state {state} it expected {figure(before)} of “{action}”. It got {figure(reward)}, and what follows
        is worth {figure(target - reward)} to it now, {figure(target)} in all,{' '}
        {change === 0 ? 'so it changed nothing.' : verdict(change, after)}
      </summary>
      <p class="formula">{formula}</p>
      <p class="formula">
        {figure(target)} = {figure(reward)} + {signed(target - reward)}, the reward and γ times what it
        expects next
      </p>
    </details>
  );
}

function BatchSentence({ update, action }: SentenceProps<BatchUpdate>) {
  const { size, expected, reward, target } = update;
  const error = target - expected;
  const formula = `δ = ${figure(reward)} + ${signed(target - reward)} − ${signed(expected)} = ${figure(error)}`;
  return (
    <details class="told-update" title={formula}>
      <summary>
        Of the {size} transitions of its last batch, one still surprises it most: of “{action}” it expects{' '}
        {figure(expected)}. It got {figure(reward)}, and what follows is worth {figure(target - reward)} to
        it, {figure(target)} in all: {figure(Math.abs(error))} {error < 0 ? 'less' : 'more'}.
      </summary>
      <p class="formula">{formula}, the TD error</p>
    </details>
  );
}

function verdict(change: number, after: number): string {
  const verb = change > 0 ? 'raised' : 'lowered';
  return `so it ${verb} the value by ${figure(Math.abs(change))} to ${figure(after)}.`;
}

/** In a sum or difference, a negative number has brackets. */
function signed(value: number): string {
  return value < 0 ? `(${figure(value)})` : figure(value);
}
