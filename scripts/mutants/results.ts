/** What became of the mutants: lines of a file, so that a run that was stopped goes on, and the page that tells it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testOf, type Mutant } from './mutant.ts';

export interface Result {
  /** Of the mutant and its source. */
  readonly digest: string;
  /** Where none noticed, of the tests that were asked: others, or the same with more in them, are asked again. */
  readonly asked?: string;
  /** The test that noticed; undefined if none did. */
  readonly killedBy?: string;
  readonly seconds: number;
}

export function digestOf({ file, find, replace }: Mutant, root: string): string {
  return hashOf(JSON.stringify([find, replace]), readFileSync(join(root, file)));
}

export function askedDigest({ tests }: Mutant, root: string): string {
  return hashOf(...tests, ...tests.map((test) => readFileSync(join(root, testOf(test).path))));
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

export function readResults(path: string): Map<string, Result> {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  const results = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Result);
  return new Map(results.map((result) => [result.digest, result]));
}

export interface Told {
  readonly mutant: Mutant;
  readonly result: Result;
}

/** The page, in Markdown. */
export function page(
  all: readonly Told[],
  facts: { readonly command: string; readonly date: string },
): string {
  const survivors = all.filter(({ result }) => result.killedBy === undefined);
  const equivalent = survivors.filter(({ mutant }) => mutant.equivalent !== undefined);
  const killed = all.length - survivors.length;
  const seconds = Math.round(all.reduce((sum, { result }) => sum + result.seconds, 0));
  const share = ((100 * killed) / (all.length - equivalent.length)).toFixed(1);
  const groups = new Map<string, Told[]>();
  for (const told of all) {
    const group = groupOf(told.mutant.file);
    groups.set(group, [...(groups.get(group) ?? []), told]);
  }
  return [
    '# Tests that can fail',
    '',
    `Each of ${all.length} faults was put into a copy of the sources, one at a time: a sign, a mask dropped, off by one, two constants`,
    'exchanged, a truncation taken for a termination. A fault counts as noticed if one of the few tests that are about it fails.',
    'Tests that compare hashes of whole runs do not count, since they do not say what is wrong.',
    '',
    `**${killed} of ${all.length} were noticed, ${share} % of those that can be.** ${facts.date}, \`${facts.command}\`, ${seconds} s of tests in`,
    'all, a few at a time. Worlds and algorithms are compared with recordings of reference implementations, which lie beside the project:',
    'without them their tests are skipped, and the run stops at the first that has nothing to say.',
    '',
    '| Folder | Faults | Noticed |',
    '| --- | --- | --- |',
    ...[...groups].map(
      ([group, told]) =>
        `| \`${group}\` | ${told.length} | ${told.filter(({ result }) => result.killedBy !== undefined).length} |`,
    ),
    '',
    '## Not noticed',
    '',
    ...(survivors.length === 0
      ? ['None.']
      : survivors.map(
          ({ mutant }) =>
            `- \`${mutant.file}\`: ${mutant.why} (${code(mutant.find)} → ${code(mutant.replace)}). ${reasonFor(mutant)}`,
        )),
    '',
    ...[...groups].flatMap(([group, told]) => [`## ${group}`, '', ...rows(told), '']),
  ].join('\n');
}

function reasonFor({ equivalent }: Mutant): string {
  return equivalent === undefined ? 'No test states this rule yet.' : `Nothing changes: ${equivalent}.`;
}

function rows(told: readonly Told[]): readonly string[] {
  return [
    '| File | Fault | Noticed by |',
    '| --- | --- | --- |',
    ...told.map(
      ({ mutant, result }) =>
        `| \`${mutant.file.split('/').slice(2).join('/')}\` | ${cell(mutant.why)} | ${cell(result.killedBy ?? '—')} |`,
    ),
  ];
}

function groupOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return `\`${text.replaceAll(/\s+/g, ' ').trim() || ' '}\``;
}
