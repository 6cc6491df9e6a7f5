/** Schedules over env steps. None depends on the length of the run, so that a shorter run is the beginning of a longer one. */

/** Linear from `start` to `end` over `horizon` steps, then constant; a horizon of 0 is `end` from the first step. */
export function linear(start: number, end: number, horizon: number, step: number): number {
  return step >= horizon ? end : start + (end - start) * (step / horizon);
}

/** Number of gradient steps due after the last step of the environments: a round of them every `trainEvery` env steps. */
export function gradientStepsDue(
  config: Readonly<Record<'learningStarts' | 'trainEvery' | 'gradientSteps' | 'numEnvs', number>>,
  steps: number,
): number {
  if (steps < config.learningStarts) return 0;
  return reached(config.trainEvery, steps, config.numEnvs) * config.gradientSteps;
}

/** How often something due every `every` steps has come due in the last `passed` steps up to `step`. */
function reached(every: number, step: number, passed: number): number {
  return Math.floor(step / every) - Math.floor((step - passed) / every);
}

/** `filling`: only the replay buffer, before learning starts. `frozen`: the learning rate has come to 0. */
export type Stage = 'filling' | 'learning' | 'frozen';

/** Whether an agent with these settings learns at an env step (or whatever its learning rate decays over). */
export function stageAt(config: Readonly<Record<string, unknown>>, step: number): Stage {
  const { learningStarts, learningRateSteps, learningRateEnd } = config;
  if (typeof learningStarts === 'number' && step < learningStarts) return 'filling';
  const decays = typeof learningRateSteps === 'number' && learningRateSteps > 0;
  return decays && learningRateEnd === undefined && step >= learningRateSteps ? 'frozen' : 'learning';
}
