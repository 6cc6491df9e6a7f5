/** What exists: every world and every agent, once. The only file that knows both; adding one is an import and a line. */
import type { AgentDefinition } from '#core/agent.ts';
import type { EnvDefinition } from '#core/env.ts';
import type { Compute } from '#compile/step.ts';
import { breakout } from '#envs/arcade/breakout/breakout.ts';
import { cartPole } from '#envs/control/cart-pole/cart-pole.ts';
import { frozenLake } from '#envs/grid/frozen-lake/frozen-lake.ts';
import { gridWorld } from '#envs/grid/grid-world/grid-world.ts';

export const worlds: readonly EnvDefinition[] = [cartPole, frozenLake, gridWorld, breakout];

export const agents: readonly AgentDefinition<Compute>[] = [];
