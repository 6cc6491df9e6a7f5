/** The list of agents; adding one here is an import and a line. */
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
import { list } from './names.ts';

/** What a run can train: an agent by reinforcement, or a policy fitted to demonstrations. */
export type LearnerDefinition = AgentDefinition<Compute> | ClonerDefinition<Compute>;

/** Those of the project. */
const own: readonly LearnerDefinition[] = [
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

const listed = [...own];

/** Those that can learn: the project's, and after them the users' own. */
export const agents: readonly LearnerDefinition[] = listed;

/** Lists an agent of a user's; one that was registered before under the same id gives way. */
export function registerAgent(agent: LearnerDefinition): void {
  list(listed, own, agent, 'agent');
}

/** Whether an agent is a user's own, so that other threads do not know it. */
export function isOwnAgent(id: string): boolean {
  return !own.some((agent) => agent.id === id);
}
