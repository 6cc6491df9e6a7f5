/** Faults of computing in the classifier: one of each kind, since the page takes them all in the same way as in the arena. */
import { COMPUTE_FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const KINDS = new Set(['throw', 'close', 'wait', 'lose', 'context']);

testFaults(
  {
    link: 'room=classifier&data=iris&model=mlp&model.epochs=100000&model.batchSize=16',
    counts: 'Examples',
  },
  COMPUTE_FAULTS.filter(({ fault }) => KINDS.has(fault)),
);
