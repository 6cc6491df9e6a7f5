/** Values that change with the number of env steps, never with the length of the run: shortening a run changes nothing. */

/** From `start` to `end` in a straight line over `horizon` steps, then `end`. A horizon of 0 is `end` from the first step. */
export function linear(start: number, end: number, horizon: number, step: number): number {
  return step >= horizon ? end : start + (end - start) * (step / horizon);
}

/** Gradient steps that the last step of the environments has made due: rounds of them, every so many env steps. */
export function gradientStepsDue(
  config: Readonly<Record<'learningStarts' | 'trainEvery' | 'gradientSteps' | 'numEnvs', number>>,
  steps: number,
): number {
  if (steps < config.learningStarts) return 0;
  return reached(config.trainEvery, steps, config.numEnvs) * config.gradientSteps;
}

/** How many multiples of `every` the last `passed` of `step` steps have reached: how often something periodic is due. */
function reached(every: number, step: number, passed: number): number {
  return Math.floor(step / every) - Math.floor((step - passed) / every);
}
