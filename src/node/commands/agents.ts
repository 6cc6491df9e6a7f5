/** `ludus agents [AGENT]`: what algorithms there are; with an id, every field of its table and its presets. */
import { show } from '#core/errors.ts';
import { agents } from '#train/catalogue/agents.ts';
import { describeAgent, type AgentEntry } from '#train/catalogue/entries.ts';
import { findAgent } from '#train/request/resolve.ts';
import type { Command } from '../arguments.ts';
import { formatFields } from '../fields.ts';
import { formatTable, printJson, printLine, wantsJson } from '../output.ts';

export const listAgents: Command = {
  name: 'agents',
  description: 'List the agents, or show one.',
  args: {
    AGENT: { type: 'positional', description: 'an agent id', required: false },
    json: { type: 'boolean', description: 'Print JSON, one line per agent' },
  },
  async run(given) {
    const id = given.text('AGENT');
    const shown = (id === undefined ? agents : [findAgent(id)]).map(describeAgent);
    if (wantsJson(given.on('json'))) for (const agent of shown) printJson(agent);
    else if (id === undefined) printLine(list(shown));
    else printLine(card(shown[0]));
    return 0;
  },
};

function list(entries: readonly AgentEntry[]): string {
  const rows = entries.map((agent) => [
    agent.id,
    agent.group,
    agent.presets.map((preset) => preset.id).join(', ') || '–',
    agent.summary,
  ]);
  return formatTable(['agent', 'group', 'presets', ''], rows);
}

function card({ id, title, summary, fields, presets }: AgentEntry): string {
  const rows = presets.map((preset) => [
    `  ${preset.id}`,
    preset.source,
    Object.entries(preset.config)
      .map(([key, value]) => `${key}=${show(value)}`)
      .join(' '),
  ]);
  return [
    `${title} (${id})`,
    summary,
    '',
    'Settings (--set key=value)',
    formatFields(fields),
    '',
    'Presets (--preset name)',
    rows.length === 0 ? '  none' : formatTable(['  preset', 'source', 'values'], rows),
  ].join('\n');
}
