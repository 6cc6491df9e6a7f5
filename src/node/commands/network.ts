/** `ludus network WORLD --agent A`: the networks of an agent on a world, layer by layer, before anything is trained. */
import { describeNetworks, type NetworkEntry } from '#train/checkpoints/networks.ts';
import type { Command } from '../arguments.ts';
import { formatTable, printJson, printLine, wantsJson } from '../output.ts';
import { readRun, runFlags } from '../run-flags.ts';

export const showNetwork: Command = {
  name: 'network',
  description: "Show an agent's networks on a world: layers, output shapes, parameters.",
  args: {
    WORLD: { type: 'positional', description: 'a world id (see `ludus envs`)' },
    ...runFlags,
    json: { type: 'boolean', description: 'Print JSON, one line per network' },
  },
  async run(given) {
    const networks = describeNetworks(readRun(given, given.text('WORLD')));
    if (wantsJson(given.on('json'))) for (const one of networks) printJson({ kind: 'network', ...one });
    else printLine(networks.map(card).join('\n\n'));
    return Promise.resolve(0);
  },
};

function card({ name, input, output, parameters, layers }: NetworkEntry): string {
  const rows = layers.map((layer, index) => [
    `  ${index}`,
    layer.kind,
    settings(layer.settings),
    shape(layer.output),
    String(layer.parameters),
    layer.statistics > 0 ? `${layer.statistics} of them running statistics` : '',
  ]);
  const table = formatTable(['  layer', '', '', 'output', 'parameters', ''], rows, [4]);
  return `${name}: ${shape(input)} → ${shape(output)}, ${parameters} parameters\n${table}`;
}

function settings(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(
      ([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
    )
    .join(', ');
}

function shape(lengths: readonly number[]): string {
  return lengths.join(' × ');
}
