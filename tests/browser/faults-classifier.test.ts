/** Faults of computing in the classifier. */
import { ALL, FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const SMALL = 'data=iris&model=mlp&model.epochs=100000&model.batchSize=16';

// It takes more than a minute to notice where a command waits, and is noticed as in the arena.
const SOON = FAULTS.filter(({ fault }) => ALL || fault !== 'wait');

testFaults({ link: `room=classifier&${SMALL}`, counts: 'Examples' }, SOON);
