/** The list of agents; adding one is an import and a line. */
import type { AgentDefinition } from '#core/agent.ts';
import type { ClonerDefinition } from '#core/fit.ts';
import type { Compute } from '#compile/step.ts';
import { doubleQ } from '#agents/tabular/double-q/double-q.ts';
import { dynaQ } from '#agents/tabular/dyna-q/dyna-q.ts';
import { expectedSarsa } from '#agents/tabular/expected-sarsa/expected-sarsa.ts';
import { monteCarlo } from '#agents/tabular/monte-carlo/monte-carlo.ts';
import { policyIteration } from '#agents/tabular/policy-iteration/policy-iteration.ts';
import { qLambda } from '#agents/tabular/q-lambda/q-lambda.ts';
import { qLearning } from '#agents/tabular/q-learning/q-learning.ts';
import { sarsa } from '#agents/tabular/sarsa/sarsa.ts';
import { valueIteration } from '#agents/tabular/value-iteration/value-iteration.ts';
import { a2c } from '#agents/policy/a2c/a2c.ts';
import { a3c } from '#agents/policy/a3c/a3c.ts';
import { behaviourCloning } from '#agents/policy/behaviour-cloning/behaviour-cloning.ts';
import { ppo } from '#agents/policy/ppo/ppo.ts';
import { reinforce } from '#agents/policy/reinforce/reinforce.ts';
import { sac } from '#agents/policy/sac/sac.ts';
import { td3 } from '#agents/policy/td3/td3.ts';
import { pqn } from '#agents/value/pqn/pqn.ts';
import { dqn } from '#agents/value/dqn/dqn.ts';

/** What a run can train: an agent by reinforcement, or a policy fitted to demonstrations. */
export type LearnerDefinition = AgentDefinition<Compute> | ClonerDefinition<Compute>;

export const agents: readonly LearnerDefinition[] = [
  dqn,
  pqn,
  ppo,
  a2c,
  a3c,
  reinforce,
  sac,
  td3,
  behaviourCloning,
  valueIteration,
  policyIteration,
  monteCarlo,
  sarsa,
  expectedSarsa,
  qLearning,
  doubleQ,
  qLambda,
  dynaQ,
];
