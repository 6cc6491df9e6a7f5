/** `ludus envs [WORLD]`: what worlds there are; with an id, everything one can set and do in it. */
import { describe } from '#core/config.ts';
import { describeWorld, type WorldEntry } from '#train/catalogue/entries.ts';
import { findWorld } from '#train/world/setup.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';
import type { Command } from '../arguments.ts';
import { formatFields } from '../fields.ts';
import { formatNumber, formatTable, printJson, printLine, wantsJson } from '../output.ts';

export const envs: Command = {
  name: 'envs',
  description: 'List the worlds, or show one.',
  args: {
    WORLD: { type: 'positional', description: 'a world id', required: false },
    json: { type: 'boolean', description: 'Print JSON, one line per world' },
  },
  async run(given) {
    const id = given.text('WORLD');
    const shown = (id === undefined ? worlds : [findWorld(id)]).map(describeWorld);
    if (wantsJson(given.on('json'))) for (const world of shown) printJson(world);
    else if (id === undefined) printLine(list(shown));
    else printLine(card(shown[0]));
    return 0;
  },
};

function list(entries: readonly WorldEntry[]): string {
  const rows = entries.map((world) => [
    world.id,
    world.group,
    observation(world),
    actions(world),
    world.summary,
  ]);
  return formatTable(['world', 'group', 'observation', 'actions', ''], rows);
}

function card(world: WorldEntry): string {
  const { spec, fields, id, title, summary } = world;
  const limit = spec.maxSteps === 0 ? 'none' : `${spec.maxSteps} steps`;
  const rewards = spec.rewards.map((term) => [`  ${term.id}`, formatNumber(term.weight), term.help]);
  return [
    `${title} (${id}, version ${spec.version})`,
    summary,
    '',
    `observation  ${observation(world)}`,
    `actions      ${spec.action.kind === 'discrete' ? spec.action.names.join(', ') : actions(world)}`,
    `time limit   ${limit}`,
    '',
    'Reward terms (--reward term=weight)',
    formatTable(['  term', 'weight', ''], rewards, [1]),
    '',
    'Parameters (--world key=value)',
    formatFields(fields),
    '',
    'Wrappers, around any world (--wrap key=value)',
    formatFields(describe(wrapperTable)),
  ].join('\n');
}

function observation({ spec: { observation: seen } }: WorldEntry): string {
  return seen.kind === 'discrete' ? `${seen.states} states` : `${seen.kind} ${seen.shape.join('×')}`;
}

function actions({ spec: { action } }: WorldEntry): string {
  return action.kind === 'discrete' ? String(action.names.length) : `box of ${action.low.length}`;
}
