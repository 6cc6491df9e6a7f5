/** What a mutant is: one small fault in the sources that a test ought to notice; and whether a list of them fits the sources. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Change {
  /** Text that the file has exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What would go wrong for a user. */
  readonly why: string;
  /** Where they are others than the file's. */
  readonly tests?: readonly string[];
  /** Why no test can tell it from the original. */
  readonly equivalent?: string;
}

export interface FileChanges {
  readonly file: string;
  /** Tests that should notice, the likeliest first: `unit/replay`, or of a long file a part by name, `golden/worlds -t taxi`. */
  readonly tests: readonly string[];
  readonly changes: readonly Change[];
}

export interface Mutant extends Change {
  readonly file: string;
  readonly tests: readonly string[];
}

export function mutantsOf(lists: readonly FileChanges[]): readonly Mutant[] {
  return lists.flatMap(({ file, tests, changes }) =>
    changes.map((change): Mutant => ({ tests, ...change, file })),
  );
}

/** `unit/replay` → `tests/unit/replay.test.ts`, and the part of it that is meant. */
export function testOf(test: string): { readonly path: string; readonly part: string | undefined } {
  const [name, part] = test.split(' -t ');
  return { path: `tests/${name}.test.ts`, part };
}

/** Tests whose verdict is the hash of a run: they notice nearly everything and say nothing of what is wrong. */
const HASHES = ['tests/fingerprints/'];

/** What is wrong with a list, in sentences; none if every mutant can be made from the sources under `root`. */
export function problemsOf(mutants: readonly Mutant[], root: string): readonly string[] {
  const seen = new Set<string>();
  return mutants.flatMap(({ file, find, replace, tests, why }): readonly string[] => {
    const where = `${file}, "${why}"`;
    if (!existsSync(join(root, file))) return [`${where}: expected a file, got none`];
    const count = readFileSync(join(root, file), 'utf8').split(find).length - 1;
    const problems: string[] = [];
    if (find === '' || count !== 1) problems.push(`${where}: expected the text once, got it ${count} times`);
    if (find === replace) problems.push(`${where}: expected a change, got the same text`);
    if (tests.length === 0) problems.push(`${where}: expected a test, got none`);
    for (const { path } of tests.map(testOf))
      if (!existsSync(join(root, path)))
        problems.push(`${where}: expected the test ${path}, got no such file`);
      else if (HASHES.some((folder) => path.startsWith(folder)))
        problems.push(`${where}: expected tests that state a rule, got the hashes of ${path}`);
    const key = JSON.stringify([file, find, replace]);
    if (seen.has(key)) problems.push(`${where}: expected each mutant once, got it again`);
    seen.add(key);
    return problems;
  });
}

/** The source of a mutant. */
export function mutate(source: string, { find, replace }: Change): string {
  // A function, because a replacement text may have a $ in it.
  return source.replace(find, () => replace);
}
