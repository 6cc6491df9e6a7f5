/** Faults of computing in the arena. */
import { FAULTS } from './compute-faults.ts';
import { testFaults } from './compute-faults-run.ts';

const SMALL = 'agent.learningStarts=100&agent.batchSize=4&agent.gradientSteps=1';

testFaults({ link: `world=cart-pole&agent=dqn&speed=4&${SMALL}`, counts: 'Steps' }, FAULTS);
