/** `ludus agents [agent]`: the list of algorithms, or the settings and presets of one of them. */
import type { Command } from '@commander-js/extra-typings';
import { show } from '#core/errors.ts';
import { scopeText } from '#core/agent.ts';
import { agents } from '#train/catalogue/agents.ts';
import { describeAgent, type AgentEntry } from '#train/catalogue/entries.ts';
import { findAgent } from '#train/request/resolve.ts';
import { formatFields, mainFirst } from '../fields.ts';
import { examples, formatTable, printJson, printText, wantsJson } from '../output.ts';

export function listAgents(command: Command): void {
  command
    .argument('[agent]', 'an agent id; without one, all agents are listed')
    .option('--json', 'Print JSON, one line per agent; the default when piped')
    .addHelpText('after', examples('agents', 'agents dqn'))
    .action((id, { json }) => {
      const shown = (id === undefined ? agents : [findAgent(id)]).map(describeAgent);
      if (wantsJson(json)) for (const agent of shown) printJson(agent);
      else if (id === undefined) printText(list(shown));
      else printText(card(shown[0]));
    });
}

function list(entries: readonly AgentEntry[]): string {
  const rows = entries.map((agent) => [
    agent.id,
    agent.group,
    agent.summary,
    agent.presets.map((preset) => preset.id).join(', ') || '–',
  ]);
  return formatTable(['agent', 'group', 'description', 'presets'], rows);
}

function card({ id, title, summary, main, fields, presets }: AgentEntry): string {
  const rows = presets.map((preset) => [
    `  ${preset.id}`,
    preset.suits ? scopeText(preset.suits) : 'all',
    preset.source,
    Object.entries(preset.config)
      .map(([key, value]) => `${key}=${show(value)}`)
      .join(' '),
  ]);
  return [
    `${title} (${id})`,
    summary,
    '',
    'Settings (--set key=value), those that matter most first',
    formatFields(mainFirst(fields, main)),
    '',
    'Presets (--preset name)',
    rows.length === 0 ? '  none' : formatTable(['  name', 'for worlds with', 'source', 'settings'], rows),
  ].join('\n');
}
