/**
 * Writes what the gallery tells of each world beside its specification: what the agent sees and when an episode ends, from the
 * README of the world, and what was scored, from the records in docs: `npx tsx scripts/world-facts.ts`. A test compares.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { interquartileMean } from '#core/stats.ts';
import { Records } from '#node/bench/results/record.ts';
import { suite } from '#node/bench/results/suite.ts';
import { agents } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import type { WorldFacts } from '#ui/gallery/facts.ts';

export const FACTS = 'src/ui/gallery/facts.json';

interface DefaultLine {
  readonly world: string;
  readonly agent: string;
  readonly random: number;
  readonly trained: number | null;
  readonly steps: number;
}

/** Worlds of which one observation does not say enough, by what their READMEs say they test. */
const MEMORY = new Set(['memory', 'minigrid-memory']);

/** The facts of every world, by its id. */
export function worldFacts(): Record<string, WorldFacts> {
  const measured = lines<DefaultLine>('docs/defaults.jsonl');
  return Object.fromEntries(worlds.map(({ id, group }) => [id, factsOf(id, group, measured)]));
}

function factsOf(id: string, group: string, measured: readonly DefaultLine[]): WorldFacts {
  const own = measured.filter(({ world }) => world === id);
  const readme = readReadme(id, group);
  const mission = id.startsWith('minigrid-') ? missionOf(readme, id.slice('minigrid-'.length)) : undefined;
  const known = mission === undefined ? knownValues(readme) : undefined;
  return {
    sees: brief(cell(readme, 'Observation')),
    ends: cell(readme, 'Ends'),
    ...(mission !== undefined && { mission }),
    ...(known !== undefined && { known }),
    ...(MEMORY.has(id) && { memory: true as const }),
    // Not of a world that has not been measured yet.
    ...(own.length > 0 && { random: own[0].random, best: bestOf(id, own) }),
  };
}

/** The best interquartile mean over seeds in the results; without any, what the world's first agent reached. */
function bestOf(id: string, own: readonly DefaultLine[]): NonNullable<WorldFacts['best']> {
  const results = new Records('docs/results');
  const rows = suite.filter(({ world }) => world === id);
  const found = rows.flatMap((experiment) => {
    const records = results.of(experiment);
    const scores = records.flatMap(({ greedy, training }) => greedy?.mean ?? training.mean ?? []);
    const score = Number(interquartileMean(scores).toPrecision(4));
    const agent = titleOf(experiment.agent);
    return scores.length > 0 ? [{ score, agent, steps: experiment.steps, seeds: records.length }] : [];
  });
  // A mean of the last hundred episodes in training, less certain than results.
  if (found.length === 0)
    for (const { trained, agent, steps } of own)
      if (trained !== null) found.push({ score: trained, agent: titleOf(agent), steps, seeds: 1 });
  if (found.length === 0) throw new Error(`docs: expected a score of ${id}, got none`);
  return found.reduce((best, one) => (one.score > best.score ? one : best));
}

function titleOf(id: string): string {
  return agents.find((agent) => agent.id === id)?.title ?? id;
}

function lines<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** The README of a world's own folder, or of the one that it shares. */
function readReadme(id: string, group: string): string {
  const folder = join('envs', group);
  const name = readdirSync(folder)
    .filter((each) => id === each || id.startsWith(`${each}-`))
    .reduce((longest, each) => (each.length > longest.length ? each : longest), '');
  return readFileSync(join(folder, name, 'README.md'), 'utf8');
}

/** The first cell of a row of the README's first table. */
function cell(readme: string, name: string): string {
  const row = new RegExp(`^\\| ${name} +\\|(.*?)(?<!\\\\)\\|`, 'm').exec(readme);
  if (!row) throw new Error(`README: expected a row ${name}, got ${readme.slice(0, 40)}`);
  return plain(row[1]);
}

/** What the README calls known values: a paragraph, or a table, of which the first row is taken. */
function knownValues(readme: string): string | undefined {
  const [, text, table] =
    /^\*\*Known values\.?\*\*(.*?)(?:\n\n(?:(\|.*?)\n\n)?|(?![^]))/ms.exec(readme) ?? [];
  if (text === undefined) return undefined;
  if (table === undefined) return plain(text).replace(/^\((.*?)\)\. /, '');
  const [head, , first] = table.split('\n').map((line) => line.split('|').slice(1, -1).map(plain));
  return `${first[0]}: ${first
    .slice(1)
    .map((value, k) => `${head[k + 1]} ${value}`)
    .join(', ')}.`;
}

/** Of the table of MiniGrid's worlds. */
function missionOf(readme: string, name: string): string {
  const row = new RegExp(`^\\| \`${name}\`[^|]*\\| ([^|]*?) *\\|`, 'm').exec(readme);
  if (!row) throw new Error(`MiniGrid's README: expected a row ${name}, got none`);
  return row[1];
}

function plain(markdown: string): string {
  return (
    markdown
      // Where it is tested is nothing for the page.
      .replaceAll(/ (?:of|in) `tests\/[^`]*`|`tests\/[^`]*`[^.]*\.(?= |$)/gm, '')
      .replaceAll(/\[(.*?)\]\(.*?\)/g, '$1')
      .replaceAll(/[`*]|\\(?=\|)/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}

/** Cards have room for two sentences. */
function brief(text: string): string {
  const sentences = text.split(/(?<=\.) (?=[A-Z])/);
  return sentences.slice(0, 2).join(' ');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  writeFileSync(FACTS, `${JSON.stringify(worldFacts(), null, 2)}\n`);
