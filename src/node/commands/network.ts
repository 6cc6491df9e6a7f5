/** `ludus network <world> --agent <id>`: the networks of an untrained agent on a world, layer by layer. */
import type { Command } from '@commander-js/extra-typings';
import { describeNetworks, type NetworkEntry } from '#train/checkpoints/networks.ts';
import { examples, formatTable, printJson, printLine, wantsJson } from '../output.ts';
import { readRun, seedOption, withRunOptions } from '../run-options.ts';

export function showNetwork(command: Command): void {
  withRunOptions(command.argument('<world>', 'a world id (see `ludus envs`)'))
    .addOption(seedOption())
    .option('--json', 'Print JSON, one line per network; the default when piped')
    .addHelpText(
      'after',
      examples(
        'network cart-pole --agent dqn',
        'network breakout --agent ppo --preset arcade --wrap pixels=true',
      ),
    )
    .action((world, options) => {
      const networks = describeNetworks(readRun(options, world));
      if (wantsJson(options.json)) for (const one of networks) printJson({ kind: 'network', ...one });
      else printLine(networks.map(card).join('\n\n'));
    });
}

function card({ name, input, output, parameters, layers }: NetworkEntry): string {
  const rows = layers.map((layer, index) => [
    `  ${index}`,
    layer.kind,
    settings(layer.settings),
    shape(layer.output),
    String(layer.parameters),
    layer.statistics > 0 ? `${layer.statistics} of them not trained (running statistics)` : '',
  ]);
  const table = formatTable(['  layer', 'kind', 'settings', 'output', 'parameters', ''], rows, [4]);
  return `${name}: ${shape(input)} → ${shape(output)}, ${parameters} parameters\n${table}`;
}

function settings(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => `${key} ${typeof value === 'number' ? Number(value.toPrecision(4)) : String(value)}`,
    )
    .join(', ');
}

function shape(lengths: readonly number[]): string {
  return lengths.join(' × ');
}
