/** `ludus bench [SUITE]`: measures, never judges. A table for people; with --json one line per row. */
import { show } from '#core/errors.ts';
import { known } from '#core/near.ts';
import { readCount, wrong, type Arguments, type Command } from '../arguments.ts';
import type { Row, Suite } from '../bench/row.ts';
import { formatAmount, formatTable, printJson, printLine } from '../output.ts';

const suites: Readonly<Record<string, () => Promise<Suite>>> = {
  worlds: async () => (await import('../bench/worlds.ts')).benchWorlds,
  agents: async () => (await import('../bench/agents.ts')).benchAgents,
  solve: async () => (await import('../bench/solve.ts')).benchSolve,
  compile: async () => (await import('../bench/compile.ts')).benchCompile,
  kernels: async () => (await import('../bench/kernels.ts')).benchKernels,
};

export const bench: Command = {
  name: 'bench',
  description: `Measure speed: ${Object.keys(suites).join(', ')}, or all.`,
  args: {
    SUITE: { type: 'positional', description: `one of ${Object.keys(suites).join(', ')}`, required: false },
    only: {
      type: 'string',
      description: 'Only rows whose name contains this',
      valueHint: 'text',
      default: '',
    },
    json: { type: 'boolean', description: 'Print a JSON line per row' },
    results: {
      type: 'string',
      description: 'With agents: train the seeds that this folder lacks, and write its page beside it',
      valueHint: 'dir',
    },
    seeds: { type: 'string', description: 'With --results: seeds of each row at most', valueHint: 'n' },
    jobs: {
      type: 'string',
      description: 'With --results: processes side by side (default 1)',
      valueHint: 'n',
    },
    render: { type: 'boolean', description: 'With --results: train nothing, only write the page' },
  },
  async run(given) {
    const name = given.text('SUITE');
    if (name !== undefined && !Object.hasOwn(suites, name))
      throw wrong('SUITE', known(name, Object.keys(suites)), show(name));
    if (given.text('results') !== undefined) return results(given);
    const alone = ['seeds', 'jobs', 'render'].find((flag) => given.on(flag));
    if (alone !== undefined) throw wrong(`--${alone}`, 'nothing without --results', 'one');
    // A table also into a pipe: a benchmark is read by people, unless they ask otherwise.
    const json = given.on('json');
    const rows: Row[] = [];
    for (const [suite, load] of Object.entries(suites)) {
      if (name !== undefined && suite !== name) continue;
      const measure = await load();
      for await (const row of measure(given.text('only') ?? '')) {
        if (json) printJson(row);
        else process.stderr.write(`${row.suite} ${row.row}\n`);
        rows.push(row);
      }
    }
    if (!json) printLine(table(rows));
    return 0;
  },
};

async function results(given: Arguments): Promise<number> {
  const suite = given.text('SUITE');
  if (suite !== 'agents') throw wrong('--results', 'the suite agents', show(suite));
  const folder = (given.text('results') ?? '').replace(/\/+$/, '');
  if (folder === '') throw wrong('--results', 'a folder', 'nothing');
  const count = (flag: string, otherwise: number): number => {
    const text = given.text(flag);
    return text === undefined ? otherwise : readCount(flag, text);
  };
  const { makeResults, writePage } = await import('../bench/results/results.ts');
  if (given.on('render')) {
    writePage(folder);
    return 0;
  }
  return makeResults({
    folder,
    only: given.text('only') ?? '',
    seeds: count('seeds', Infinity),
    processes: count('jobs', 1),
  });
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ suite, row, value, unit, vs }) => [
    suite,
    row,
    formatAmount(value),
    unit,
    Object.entries(vs)
      .map(([peer, ratio]) => `${ratio.toPrecision(3)}× ${peer}`)
      .join(', '),
  ]);
  return formatTable(['suite', 'row', 'median', 'unit', ''], cells, [2]);
}
