/** `ludus envs [world]`: the list of worlds, or everything that can be set and done in one of them. */
import type { Command } from '@commander-js/extra-typings';
import { describe } from '#core/config.ts';
import { describeWorld, type WorldEntry } from '#train/catalogue/entries.ts';
import { findWorld } from '#train/world/setup.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import { formatFields } from '../fields.ts';
import { examples, formatNumber, formatTable, printJson, printText, wantsJson } from '../output.ts';

export function envs(command: Command): void {
  command
    .argument('[world]', 'a world id; without one, all worlds are listed')
    .option('--json', 'Print JSON, one line per world; the default when piped')
    .addHelpText('after', examples('envs', 'envs cart-pole'))
    .action((id, { json }) => {
      const shown = (id === undefined ? worlds : [findWorld(id)]).map(describeWorld);
      if (wantsJson(json)) for (const world of shown) printJson(world);
      else if (id === undefined) printText(list(shown));
      else printText(card(shown[0]));
    });
}

function list(entries: readonly WorldEntry[]): string {
  const rows = entries.map((world) => [
    world.id,
    world.group,
    observation(world),
    actions(world),
    startOf(world),
    world.summary,
  ]);
  return formatTable(['world', 'group', 'observation', 'actions', 'starts with', 'description'], rows);
}

function card(world: WorldEntry): string {
  const { spec, fields, id, title, summary, needs } = world;
  const limit = spec.maxSteps === 0 ? 'none' : `${spec.maxSteps} steps`;
  const rewards = spec.rewards.map((term) => [`  ${term.id}`, formatNumber(term.weight), term.help]);
  return [
    `${title} (${id}, version ${spec.version})`,
    summary,
    ...(needs === undefined ? [] : [needs]),
    '',
    `observation  ${observation(world)}`,
    `actions      ${spec.action.kind === 'discrete' ? spec.action.names.join(', ') : actions(world)}`,
    `time limit   ${limit}`,
    ...(spec.quantities ? [`quantities   ${spec.quantities.join(', ')}`] : []),
    `agent        ${startOf(world)}, unless another is given with --agent`,
    '',
    'Reward terms (--reward term=weight)',
    formatTable(['  name', 'weight', 'meaning'], rewards, [1]),
    '',
    'Parameters (--world key=value)',
    formatFields(fields),
    '',
    'Wrappers, available for every world (--wrap key=value)',
    formatFields(describe(wrapperTable)),
  ].join('\n');
}

function startOf({ start: { agent, preset } }: WorldEntry): string {
  return preset === undefined ? agent : `${agent} ${preset}`;
}

function observation({ spec: { observation: space } }: WorldEntry): string {
  return space.kind === 'discrete' ? `discrete ${space.states}` : `${space.kind} ${space.shape.join('×')}`;
}

function actions({ spec: { action } }: WorldEntry): string {
  return action.kind === 'discrete' ? `discrete ${action.names.length}` : `box ${action.low.length}`;
}
