/** The only place that knows every kind of run. */
import type { Compute } from '#compile/step.ts';
import type { RunSetup } from '../request/resolve.ts';
import { FitRun } from './fit.ts';
import { ReinforcementRun } from './reinforcement.ts';

/** Creates the run that a setup describes. `keepRows`: minimum number of rows that the record keeps; default all. */
export function createRun(
  setup: RunSetup,
  compute: Compute,
  keepRows?: number,
): Promise<ReinforcementRun | FitRun> {
  switch (setup.agent.kind) {
    case 'agent':
      return ReinforcementRun.create(setup, compute, { keepRows });
    case 'cloner':
      return FitRun.create(setup, compute, keepRows);
  }
}
