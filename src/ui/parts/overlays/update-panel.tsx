/** What a table learned last, in words; the formula with its numbers on demand. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TableUpdate } from '#core/agent.ts';
import type { RunStore } from '../../state/run-store.ts';
import { figure } from '../../state/values.ts';

/** Milliseconds for which a sentence stays while the run goes on. */
const READING_TIME = 2500;

export function UpdatePanel({ run: { worker } }: { readonly run: RunStore }) {
  const { update } = worker.screen.look.value;
  const running = worker.phase.value === 'running';
  const [told, setTold] = useState<TableUpdate>();
  const since = useRef(-Infinity);
  useEffect(() => {
    if (!update || (running && performance.now() - since.current < READING_TIME)) return;
    since.current = performance.now();
    setTold(update);
  }, [update, running]);
  const action = worker.info.value?.spec.action;
  return (
    <section class="overlay-panel" aria-label="Last update">
      <p class="panel-title">Last update</p>
      {told && action?.kind === 'discrete' ? (
        <Sentence update={told} action={action.names[told.action]} />
      ) : (
        <p class="panel-wait">Nothing learned yet.</p>
      )}
    </section>
  );
}

interface SentenceProps {
  readonly update: TableUpdate;
  readonly action: string;
}

function Sentence({ update, action }: SentenceProps) {
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

function verdict(change: number, after: number): string {
  const verb = change > 0 ? 'raised' : 'lowered';
  return `so it ${verb} the value by ${figure(Math.abs(change))} to ${figure(after)}.`;
}

/** In a sum or difference, a negative number has brackets. */
function signed(value: number): string {
  return value < 0 ? `(${figure(value)})` : figure(value);
}
