/** Faults of computing in the arena: each of the list. */
import { COMPUTE_FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const SMALL = 'agent.learningStarts=100&agent.batchSize=4&agent.gradientSteps=1';

testFaults({ link: `world=cart-pole&agent=dqn&speed=4&${SMALL}`, counts: 'Steps' }, COMPUTE_FAULTS);
