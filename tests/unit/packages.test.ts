/** What the project is made with: versions that are pinned, and licences under which it may be handed on. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAllowed, lineOf, noticeOf, OF_THE_PAGE, packages, type Package } from '../../scripts/packages.ts';

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies: Versions;
  readonly devDependencies: Versions;
}

/** The package of an import. */
const IMPORT = /(?:from |import\(|import )'((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/g;
const LAYERS_OF_THE_PAGE = ['src/ui', 'src/view', 'src/storage', 'src/worker', 'src/host'];

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

test('every dependency is pinned to the version of the lock file', () => {
  const { dependencies, devDependencies } = read('package.json') as Manifest;
  const lock = read('package-lock.json') as {
    readonly packages: Readonly<Record<string, Manifest & { readonly version: string }>>;
  };
  const asked = { ...dependencies, ...devDependencies };
  const locked = Object.fromEntries(
    Object.keys(asked).map((name) => [name, lock.packages[`node_modules/${name}`].version]),
  );
  expect(asked).toEqual(locked);
  const { dependencies: runtime, devDependencies: development } = lock.packages[''];
  expect({ ...runtime, ...development }).toEqual(asked);
});

test('every package that is handed on has a licence that allows it, and says whose it is', () => {
  const all = packages();
  expect(all.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['preact', 'pixi.js', 'commander', 'zod']),
  );
  // Nothing of the tools.
  expect(all.map(({ name }) => name)).not.toContain('vitest');
  expect(all.filter(({ licence }) => !isAllowed(licence)).map(lineOf)).toEqual([]);
  expect(all.filter(({ copyright }) => !/copyright/i.test(copyright)).map(lineOf)).toEqual([]);
});

test('what the page is made with is known: all that its layers import and the npm package does not have', () => {
  const { dependencies } = read('package.json') as Manifest;
  const imported = LAYERS_OF_THE_PAGE.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) => [...readFileSync(`${folder}/${name}`, 'utf8').matchAll(IMPORT)].map(([, of]) => of)),
  );
  const own = [...new Set(imported)].filter((name) => !Object.hasOwn(dependencies, name)).toSorted();
  // tfjs's parts belong to it; worker files of the host are for the page, too.
  expect(own.filter((name) => !OF_THE_PAGE.includes(name))).toEqual([]);
  expect(OF_THE_PAGE.filter((name) => !own.includes(name))).toEqual([]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['Apache-2.0 AND MIT', true],
  ['Apache-2.0 AND GPL-2.0-only', false],
  ['GPL-3.0-or-later', false],
  ['UNLICENSED', false],
  ['unknown', false],
])('%s: %s', (licence, allowed) => {
  expect(isAllowed(licence)).toBe(allowed);
});

test('the notice has every package, and each licence text once', () => {
  const one: Package = {
    name: 'one',
    version: '1.0.0',
    licence: 'MIT',
    copyright: 'Copyright One',
    homepage: 'https://one.example',
    text: 'the text of the licence',
  };
  const said = noticeOf([one, { ...one, name: 'two' }, { ...one, name: 'three', text: '' }]);
  expect(said).toMatch(
    /one 1\.0\.0 +MIT +Copyright One\n +https:\/\/one\.example\ntwo 1\.0\.0 [^]*three 1\.0\.0 /,
  );
  expect(said.split(one.text)).toHaveLength(2);
  expect(said).toContain('one 1.0.0, two 1.0.0\n\nthe text');
});
