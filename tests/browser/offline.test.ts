/** The page starts without a network once it has been visited, and can be installed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { servePage, visit } from './page.ts';

const served = servePage();

/** Resolves once the service worker has kept everything and answers for this page. */
const kept = async (): Promise<void> => {
  await navigator.serviceWorker.ready;
  if (!navigator.serviceWorker.controller)
    await new Promise((controlled) =>
      navigator.serviceWorker.addEventListener('controllerchange', controlled, { once: true }),
    );
};

test('after a visit CartPole learns without a network, still cross-origin isolated', async () => {
  await using v = await visit(served, '', { offline: true });
  await v.run().above('Steps', 5);
  await v.page.evaluate(kept);
  await v.page.context().setOffline(true);
  await v.page.reload();
  await v.run().above('Steps', 300);
  await v.run().above('Episodes', 1);
  expect(await v.page.evaluate(() => crossOriginIsolated)).toBe(true);
  // A part that was not loaded before.
  await v.button('Browse worlds').click();
  await v.page.getByRole('dialog', { name: 'Worlds' }).waitFor();
  expect(v.complaints).toEqual([]);
});

test('no data set and no other backend is fetched in advance', async () => {
  await using v = await visit(served, '', { offline: true });
  await v.page.evaluate(kept);
  const files = await v.page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(files.filter((file) => /trainer\.worker/.test(file)).length).toBe(1);
  const others = /gzip|wasm|webgl|webgpu|classifier\.worker/;
  expect(files.filter((file) => others.test(file))).toEqual([]);
  expect(
    readdirSync(join(served.site.folder, 'assets')).filter((file) => others.test(file)).length,
  ).toBeGreaterThan(6);
});

test('the manifest names icons of the sizes that they have', async () => {
  interface Manifest {
    readonly start_url: string;
    readonly icons: readonly { readonly src: string; readonly sizes: string }[];
  }
  await using v = await visit(served);
  const link = await v.page.locator('link[rel="manifest"]').getAttribute('href');
  const manifest = JSON.parse(readFileSync(join(served.site.folder, link ?? ''), 'utf8')) as Manifest;
  expect(manifest.start_url).toBe('./');
  const pngs = manifest.icons.filter(({ src }) => src.endsWith('.png'));
  expect(pngs.length).toBeGreaterThan(2);
  for (const { src, sizes } of pngs) {
    const size = await v.page.evaluate(async (file) => {
      const image = await createImageBitmap(await (await fetch(file)).blob());
      return `${image.width}x${image.height}`;
    }, src);
    expect(size, src).toBe(sizes);
  }
});
