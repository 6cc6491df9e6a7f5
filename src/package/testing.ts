/**
 * `ludus/testing`: benchmark episodes and the contracts of worlds and agents, for tests of your own, with any test runner.
 * `ludus/testing/vitest` adds the matcher `toReach` to vitest.
 */
export { benchmark } from './benchmark.ts';
export type { Aggregate, BenchmarkOptions, BenchmarkReport, SeedResult } from './benchmark.ts';
export { reach, type Target, type Verdict } from './reach.ts';
export { checkAgent, type CheckAgentOptions } from './contract/check-agent.ts';
export { checkEnv, type CheckEnvOptions } from './contract/check-env.ts';
export { ContractError, type Broken, type Checked, type ContractReport } from './contract/rule.ts';
