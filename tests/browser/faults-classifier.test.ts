/** Faults of computing in the classifier. */
import { FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const SMALL = 'data=iris&model=mlp&model.epochs=100000&model.batchSize=16';

testFaults({ link: `room=classifier&${SMALL}`, counts: 'Examples' }, FAULTS);
