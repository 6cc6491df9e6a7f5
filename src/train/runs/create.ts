/** The one place that knows every kind of run. */
import type { Compute } from '#compile/step.ts';
import type { RunSetup } from '../request/resolve.ts';
import { FitRun } from './fit.ts';
import { ReinforcementRun } from './reinforcement.ts';

/** Makes the run that a setup describes. `keepRows`: rows of the record that are kept at least; all if left out. */
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
