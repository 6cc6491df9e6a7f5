/** The dock's tab that builds an agent's network and shows it while it learns. */
import type { DockProps } from '../parts/dock.tsx';
import { LetterBadge } from '../parts/letter.tsx';
import { Builder } from './builder.tsx';
import { agentSource } from './source.ts';

export function NetworkTab({ page }: DockProps) {
  const { value: run } = page.focused;
  const badge = <LetterBadge page={page} run={run} />;
  if (!run.form.fieldOf('agent', 'network'))
    return (
      <p class="network-none">
        {badge} {run.form.agent.value?.title ?? 'This agent'} keeps tables: it has no network.
      </p>
    );
  const source = agentSource(run);
  return <Builder key={source.id} source={source} badge={badge} />;
}
