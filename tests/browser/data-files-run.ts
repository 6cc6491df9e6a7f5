/** Loads MNIST as the page does, and reduces it to what must be equal everywhere. */
import { crc32 } from '#core/crc32.ts';
import { mnist } from '#data/pictures.ts';
import { shippedFiles } from '#host/shipped.ts';

export interface Loaded {
  readonly counts: readonly number[];
  readonly crc32: number;
  readonly labels: readonly number[];
  /** Bytes done and in all, at every report. */
  readonly progress: readonly (readonly [number, number])[];
}

/** What is loaded, or the error's message. */
export async function loadMnist(): Promise<Loaded | string> {
  const progress: [number, number][] = [];
  const shipped = shippedFiles((done, total) => progress.push([done, total]));
  try {
    const { train, test } = await mnist.load({ trainLimit: 60_000 }, { given: [], shipped });
    return {
      counts: [train.count, test.count],
      crc32: crc32(train.inputs as Uint8Array),
      labels: [...test.targets.subarray(0, 10)],
      progress,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
