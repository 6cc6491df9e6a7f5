/** What is to be known of a world: what its agent sees and does, what it is paid for, and what has been scored. */
import type { ComponentChildren } from 'preact';
import type { ActionSpec, RewardTerm } from '#core/env.ts';
import type { WorldEntry } from '#worker/protocol.ts';
import { count, figure } from '../state/values.ts';
import { factsOf } from './facts.ts';
import './world-card.css';

export function WorldCard({ world }: { readonly world: WorldEntry }) {
  const { spec } = world;
  const facts = factsOf(world.id);
  return (
    <dl class="world-card">
      {facts?.mission === undefined ? null : <Row name="Task">{facts.mission}</Row>}
      {facts ? <Row name="Sees">{facts.sees}</Row> : null}
      <Row name="Does">{doesOf(spec.action)}</Row>
      <Row name="Is paid">
        <ul>
          {spec.rewards
            .filter(({ weight }) => weight !== 0)
            .map((term) => (
              <li key={term.id}>{paidFor(term)}</li>
            ))}
        </ul>
      </Row>
      {facts ? <Row name="Ends">{facts.ends}</Row> : null}
      {facts?.random === undefined || !facts.best ? null : (
        <Row name="Scores">
          random play {figure(facts.random)} ·{' '}
          {facts.best.score > facts.random ? `best here ${figure(facts.best.score)}` : 'not learned here yet'}{' '}
          <small>
            ({facts.best.agent}, {count(facts.best.steps)} steps,{' '}
            {facts.best.seeds === 1 ? 'one training run' : `${facts.best.seeds} seeds`})
          </small>
        </Row>
      )}
      {facts?.known === undefined ? null : <Row name="Known">{facts.known}</Row>}
    </dl>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function doesOf(action: ActionSpec): string {
  if (action.kind === 'discrete') return action.names.join(', ');
  const spans = action.low.map((low, k) => `${low} to ${action.high[k]}`);
  return `${spans.length === 1 ? 'a number' : `${spans.length} numbers`}: ${[...new Set(spans)].join(', ')}`;
}

/** A reward term as a phrase: `+1 when the goal is reached`, `−0.3 × power of the main engine`. */
function paidFor({ weight, help }: RewardTerm): string {
  const amount = `${weight > 0 ? '+' : '−'}${figure(Math.abs(weight))}`;
  const event = help.replace(/\.$/, '');
  const once = /^1 (?=for|when)/.exec(event);
  if (once) return `${amount} ${event.slice(once[0].length)}`;
  return `${amount} × ${event[0]?.toLowerCase()}${event.slice(1)}`;
}
