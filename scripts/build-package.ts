/**
 * Compiles what `npm pack` takes into `lib`, or the folder that is named: JavaScript and declarations of all that the entries of
 * tsconfig.package.json reach. The project's own import names (`#core/…`) become relative paths, so that they mean the same in
 * another package.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');
const lib = resolve(root, process.argv[2] ?? 'lib');
const { bin, imports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string | { readonly node: string }>>;
};

/**
 * In Node, tfjs-core comes without gradients. They are in `@tensorflow/tfjs`, with another 300 MB; this file has nothing else of
 * it.
 */
const TFJS = '@tensorflow/tfjs';
const tfjs = { source: join(root, 'src/host/tfjs.browser.ts'), file: join(lib, 'src/host/tfjs.js') };

rmSync(lib, { recursive: true, force: true });
compile();
await bundleTfjs();
for (const name of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
  if (!/\.(js|d\.ts)$/.test(name)) continue;
  const file = join(lib, name);
  if (file !== tfjs.file) writeFileSync(file, withPaths(readFileSync(file, 'utf8'), file));
}
for (const command of Object.values(bin)) chmodSync(join(lib, relative('lib', command)), 0o755);

function compile(): void {
  const tsc = join(root, 'node_modules/.bin/tsc');
  const { stdout } = spawnSync(tsc, ['-p', 'tsconfig.package.json', '--outDir', lib, '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  // TS2877: it rewrites relative paths only; `withPaths` does the others.
  const errors = stdout.split('\n').filter((line) => line !== '' && !line.includes('error TS2877'));
  if (errors.length > 0) throw new Error(errors.join('\n'));
}

async function bundleTfjs(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'es2022',
      minify: false,
      emptyOutDir: false,
      outDir: dirname(tfjs.file),
      lib: { entry: tfjs.source, formats: ['es'], fileName: () => 'tfjs.js' },
      // What is exported by name is what users' own steps are written in: there is one copy of it.
      rolldownOptions: { external: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'] },
    },
  });
}

/** The text of a file with relative paths to JavaScript in the place of the project's names and of `.ts`. */
function withPaths(text: string, file: string): string {
  return text.replace(
    /(\bfrom |\bimport\(|\bimport )(['"])([^'"\n]+)\2/g,
    (all, before: string, quote: string, name: string) => {
      const target = targetOf(name, file);
      if (target === undefined) return all;
      const path = relative(dirname(file), target);
      return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
    },
  );
}

/** The file that an import means; undefined where it means a package. */
function targetOf(name: string, file: string): string | undefined {
  if (name === TFJS) return tfjs.file;
  if (name.startsWith('.')) return asJavaScript(resolve(dirname(file), name));
  if (!name.startsWith('#')) return undefined;
  const own = imports[name];
  if (own !== undefined) return asJavaScript(join(lib, typeof own === 'string' ? own : own.node));
  const [layer, ...path] = name.split('/');
  const folder = imports[`${layer}/*`];
  if (typeof folder !== 'string') throw new Error(`${name}: expected an import of package.json`);
  return asJavaScript(join(lib, folder.replace('*', path.join('/'))));
}

function asJavaScript(path: string): string {
  return path.replace(/\.ts$/, '.js');
}
