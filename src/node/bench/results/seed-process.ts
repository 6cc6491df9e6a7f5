/** A process that trains the seeds it is told to, one at a time, and ends with the one that started it. */
import { trainSeed } from './train-seed.ts';
import type { Answer, Order } from './pool.ts';

function answer(what: Answer): void {
  process.send?.(what);
}

process.on('message', ({ experiment, seed, provenance }: Order) => {
  trainSeed(experiment, seed, provenance).then(
    (record) => answer({ record }),
    (error: unknown) => answer({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit());
