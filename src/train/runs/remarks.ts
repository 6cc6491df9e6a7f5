/** What a user may not expect of a run although nothing is wrong with it, a sentence each. See also the diagnosis. */
import { stageAt } from '#core/schedule.ts';
import { defaultAgents, worldNeeds } from '../catalogue/defaults.ts';
import type { ModelRun } from './model.ts';
import type { Run } from './run.ts';

/** Before it advances to `target`. `planted`: its networks come from a file. */
export function remarksBefore(
  run: Run,
  { target, planted }: { target: number; planted: boolean },
): readonly string[] {
  const { config } = run.setup;
  const { learningRateSteps, epsilonStart } = config;
  const remarks: string[] = [];
  const { world, agent } = run.setup.request;
  if (Object.hasOwn(worldNeeds, world) && defaultAgents[world]?.agent === agent)
    remarks.push(worldNeeds[world]);
  if (run.unit === 'env steps' && stageAt(config, target - 1) === 'frozen' && run.progress < target) {
    const since = run.progress >= Number(learningRateSteps) ? 'has been' : 'will be';
    remarks.push(
      `the learning rate ${since} 0 from step ${Number(learningRateSteps)} on (learningRateSteps): nothing is learned after it`,
    );
  }
  if (planted && typeof epsilonStart === 'number' && epsilonStart > 0)
    remarks.push(
      `exploration still starts at ε = ${epsilonStart}; lower epsilonStart to use the loaded network from the start`,
    );
  return remarks;
}

/** Before a fit begins or goes on. */
export function fitRemarksBefore({ setup, split }: ModelRun): readonly string[] {
  const { patience = 0 } = setup.model.batching(setup.config);
  if (patience === 0 || split.heldOut > 0) return [];
  return [
    `early stopping (patience=${patience}) measures held-out examples, of which there are none (validation=0)`,
  ];
}

/** After it. */
export function fitRemarksAfter({ setup, finished, epoch }: ModelRun): readonly string[] {
  const { patience = 0 } = setup.model.batching(setup.config);
  if (!finished || epoch >= Number(setup.config['epochs'])) return [];
  return [
    `stopped early, after ${patience} ${patience === 1 ? 'epoch' : 'epochs'} without a lower validation loss; the weights are those of epoch ${epoch}`,
  ];
}
