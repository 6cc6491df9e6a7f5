/** Faults of computing in the classifier. */
import { FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const SMALL = 'data=iris&model=mlp&model.epochs=100000&model.batchSize=16';

// A read of the device that never settles may count as a long task here, which has five minutes.
const SOON = FAULTS.filter(({ fault }) => fault !== 'wait');

testFaults({ link: `room=classifier&${SMALL}`, counts: 'Examples' }, SOON);
