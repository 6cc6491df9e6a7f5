/** What a world says of itself. */
import { describe as describeFields } from '#core/config.ts';
import { actionSize } from '#core/env.ts';
import { REWARD_EDITS } from '#core/shaping.ts';
import { compileFormula } from '#data/formula.ts';
import { kernelFor, RandomPlay, type Setting } from './env-play.ts';
import { allFinite, demand, demandSame, type Rule } from './rule.ts';

function isUnique(names: readonly unknown[]): boolean {
  return new Set(names).size === names.length;
}

export const envSpecRules: readonly Rule<Setting>[] = [
  {
    name: 'describes itself',
    check(setting) {
      const { definition } = setting;
      const { spec } = kernelFor(setting);
      demand(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(definition.id), `id: expected kebab-case, got ${definition.id}`);
      demand(spec.id === definition.id, `spec.id: expected ${definition.id}, got ${spec.id}`);
      demand(definition.summary.endsWith('.'), 'summary: expected a sentence with a full stop');
      describeFields(definition.params);
      demand(spec.title.length > 0, 'title: expected a name, got nothing');
      demand(spec.version >= 1, `version: expected 1 or more, got ${spec.version}`);
      const { maxSteps, fps, rewards } = spec;
      demand(
        Number.isInteger(maxSteps) && maxSteps >= 0,
        `maxSteps: expected a whole number from 0, got ${maxSteps}`,
      );
      demand(fps > 0, `fps: expected more than 0, got ${fps}`);
      demand(rewards.length > 0, 'rewards: expected at least one term, got none');
      demand(isUnique(rewards.map(({ id }) => id)), 'rewards: expected different ids');
      for (const { id, help, weight } of rewards) {
        demand(
          REWARD_EDITS.every((edit) => edit !== id),
          `rewards: expected no term called ${id}, which users may add`,
        );
        demand(help.length > 0, `rewards.${id}.help: expected a sentence, got nothing`);
        demand(Number.isFinite(weight), `rewards.${id}.weight: expected a finite number, got ${weight}`);
      }
      demand(Object.keys(spec.keys).length > 0, 'keys: expected at least one for human play, got none');
    },
  },
  {
    name: 'names quantities that it measures, and that formulas can use',
    applies: (setting) => kernelFor(setting).spec.quantities !== undefined,
    check(setting) {
      const kernel = kernelFor(setting);
      const { quantities = [], grid, observation } = kernel.spec;
      demand(isUnique(quantities), 'quantities: expected different names');
      for (const name of quantities)
        demandSame(compileFormula(name, quantities)(quantities.map(() => 2)), 2, `the formula ${name}`);
      if (!kernel.measure)
        demandSame(observation.shape, [quantities.length], 'the shape of a vector without measure');
      if (grid) demandSame(quantities.slice(0, 2), ['x', 'y'], 'the first quantities of a grid');
      const play = new RandomPlay(kernel, { n: 2, seed: 1, actionSeed: 2 });
      let measured = 0;
      const look = (values: Float32Array): number => {
        measured++;
        demandSame(values.length, quantities.length, 'the number of quantities');
        demand(allFinite(values), `quantities: expected finite numbers, got ${values.join(', ')}`);
        if (grid)
          demand(values[0] < grid.width && values[1] < grid.height, 'x, y: expected a cell of the grid');
        return 0;
      };
      play.env.shape({ bonus: look, potential: look, discount: () => 1 });
      for (let k = 0; k < 50; k++) play.step();
      demand(measured > 100, `quantities: expected to be measured after every step, got ${measured} times`);
    },
  },
  {
    name: 'names all of its numbers or channels, or none',
    check(setting) {
      const { observation } = kernelFor(setting).spec;
      if (observation.kind === 'discrete') return;
      const { names, shape } = observation;
      const count = shape.at(-1);
      if (names) demandSame(names.length, count, 'names of the observation');
      if (names) demand(isUnique(names), 'names of the observation: expected different ones');
      if (observation.kind === 'planes' && observation.values)
        demandSame(observation.values.length, count, 'values of the channels');
    },
  },
  {
    name: 'has consistent actions and keys',
    check(setting) {
      const { spec } = kernelFor(setting);
      const actions = actionSize(spec);
      const { action } = spec;
      demand(actions > 0, 'actions: expected at least one');
      if (action.kind === 'discrete') demand(isUnique(action.names), 'actions: expected different names');
      else {
        demandSame(action.high.length, actions, 'upper bounds of the actions');
        action.low.forEach((low, d) =>
          demand(low < action.high[d], `action ${d}: expected low < high, got ${low} and ${action.high[d]}`),
        );
      }
      // In a box world key 2d is the low and key 2d + 1 the high end of dimension d.
      const codes = action.kind === 'discrete' ? actions : 2 * actions;
      for (const [key, code] of Object.entries(spec.keys)) {
        demand(/^[A-Z][A-Za-z0-9]+$/.test(key), `keys: expected a KeyboardEvent.code, got ${key}`);
        demand(
          Number.isInteger(code) && code >= 0 && code < codes,
          `key ${key}: expected an action, got ${code}`,
        );
      }
    },
  },
];
