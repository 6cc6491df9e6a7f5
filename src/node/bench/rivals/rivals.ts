/**
 * Speed beside rivals in one session: steps per CPU second of Ludus and of every rival that is there, in pairs that follow each
 * other and change their order (A B, B A, …), so that a busy machine slows both. Nothing is judged. On several threads all sides
 * have as many, and seconds are those of the clock.
 */
import { messageOf } from '#core/errors.ts';
import { median } from '#core/stats.ts';
import { formatAmount } from '../../output.ts';
import { markdownTable } from '../markdown-table.ts';
import { ownCommand, rivals, works, type Places, type Rival, type Work } from './comparisons.ts';
import { rateOf, type Command, type Effort } from './sides.ts';

export interface RivalsOptions extends Effort {
  readonly only: string;
  readonly places: Places;
  readonly pairs: number;
}

/** Steps per CPU second in pairs. */
export interface Pairs {
  readonly row: string;
  readonly rival: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Measures and yields every work with every rival. `skip` is told what is left out, and why. */
export async function* measureRivals(
  { only, places, pairs, ...effort }: RivalsOptions,
  skip: (rival: string, why: string) => void,
): AsyncIterable<Pairs> {
  const { threads } = effort;
  const present = rivals.filter(({ name, missing, hasThreads }) => {
    const why = threads > 1 && !hasThreads ? 'it runs on one thread' : missing(places);
    if (why !== undefined) skip(name, why);
    return why === undefined;
  });
  for (const work of works)
    for (const rival of present) {
      if (!nameOf(work, rival).includes(only)) continue;
      try {
        const command = rival.command(work, places, threads);
        if (command) yield await measurePairs(work, rival, command, { pairs, ...effort });
      } catch (error) {
        skip(nameOf(work, rival), messageOf(error).split('\n')[0].slice(0, 200));
      }
    }
}

function nameOf({ row }: Work, { name }: Rival): string {
  return `${row}, ${name}`;
}

async function measurePairs(
  { row, task }: Work,
  { name }: Rival,
  command: Command,
  { pairs, ...effort }: Effort & Pick<RivalsOptions, 'pairs'>,
): Promise<Pairs> {
  const sides = [
    { command: ownCommand('ludus', task, effort.threads), rates: [] as number[] },
    { command, rates: [] as number[] },
  ] as const;
  for (let pair = 0; pair < pairs; pair++)
    for (const side of pair % 2 === 0 ? sides : sides.toReversed())
      side.rates.push(await rateOf(side.command, effort));
  return { row, rival: name, ours: sides[0].rates, theirs: sides[1].rates };
}

/** A table per set of rivals, in the order of the works; factors are the medians of the pairs and their range. */
export function rivalsTables(measured: readonly Pairs[], threads: number): string {
  const heading = threads > 1 ? `Steps per second on ${threads} threads` : 'Steps per CPU second';
  const rows = groups(measured, ({ row }) => row);
  return groups(rows, (row) => row.map(({ rival }) => rival).join('\n'))
    .map((group) => {
      const header = [heading, 'Ludus', ...group[0].map(({ rival }) => rival)];
      return markdownTable(header, group.map(cellsOf));
    })
    .join('\n');
}

function groups<T>(values: readonly T[], key: (value: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const value of values) {
    const name = key(value);
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return [...found.values()];
}

function cellsOf(row: readonly Pairs[]): string[] {
  const ours = formatAmount(median(row.flatMap((pairs) => pairs.ours)));
  return [row[0].row, ours, ...row.map(factorOf)];
}

/** `12.3× (11.8 – 12.9), 410`: how many times as fast Ludus is, and the rival's own rate. */
function factorOf({ ours, theirs }: Pairs): string {
  const factors = ours.map((rate, k) => rate / theirs[k]);
  const [low, high] = [Math.min(...factors), Math.max(...factors)].map(factorText);
  return `${factorText(median(factors))}× (${low} – ${high}), ${formatAmount(median(theirs))}`;
}

function factorText(factor: number): string {
  return factor >= 100 ? factor.toFixed(0) : factor.toPrecision(factor >= 10 ? 3 : 2);
}
