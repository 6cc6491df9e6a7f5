/** A process of the pool: trains one job at a time and exits with its parent. */
import { messageOf } from '#core/errors.ts';
import { trainSeed } from './train-seed.ts';
import type { Job, Outcome } from './pool.ts';

function send(outcome: Outcome): void {
  process.send?.(outcome);
}

process.on('message', ({ experiment, seed, provenance, logs }: Job) => {
  trainSeed(experiment, seed, provenance, logs).then(
    (record) => send({ record }),
    (error: unknown) => send({ failure: messageOf(error) }),
  );
});
process.on('disconnect', () => process.exit());
