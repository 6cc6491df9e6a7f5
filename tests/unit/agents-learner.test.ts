/** What acting sees of a learner's weights: the newest ones, whether they are brought over at every update or when asked for. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { float32, scalar, stepOver } from '#agents/nn/inputs.ts';
import { block, createLearner } from '#agents/nn/learner.ts';
import { planNetwork } from '#agents/nn/plan.ts';
import type { Compute, Runner } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

const plan = planNetwork([{ kind: 'dense', units: 1 }], [2], 'network');

/** A step that adds 1 to every weight of `first` and 10 to those of `second`. */
async function learnerOn(device: Compute) {
  const learner = await createLearner(device, {
    name: 'counting',
    step: (state) => ({
      state: { first: tf.add(state['first'], 1), second: tf.add(state['second'], 10) },
      outputs: {},
    }),
    state: { first: block(new Float32Array(plan.size)), second: block(new Float32Array(plan.size)) },
    inputs: {},
    actor: ['first', 'second'],
    seldom: ['second'],
  });
  const [first, second] = [learner.actor(plan, 1), learner.actor(plan, 1, plan.size)];
  const see = (): number[] => [first, second].map((actor) => actor.run(Float32Array.of(1, 1), 1)[0]);
  return { learner, see };
}

/** The same steps on a device that answers later, as a GPU does. */
function later(device: Compute): Compute {
  return {
    label: 'later',
    infer: (...step) => device.infer(...step),
    compile: async (...given) => {
      const runner = await device.compile(...given);
      const slow: Runner = {
        run: async (...input) => runner.run(...input),
        readState: async (...input) => runner.readState(...input),
        getState: async () => runner.getState(),
        setState: async (values) => runner.setState(values),
        dispose: () => runner.dispose(),
      };
      return slow;
    },
  };
}

it.each([
  ['at once', (): Compute => compute],
  ['later', (): Compute => later(compute)],
])('acting follows every sync on a device that answers %s, however seldom it looks', async (_, device) => {
  const { learner, see } = await learnerOn(device());
  expect(see()).toEqual([0, 0]);
  const update = async (): Promise<void> => {
    await learner.run([]);
    await learner.sync();
  };
  for (let k = 0; k < 4; k++) await update();
  expect(see()).toEqual([12, 120]);
  expect(see()).toEqual([12, 120]);
  await update();
  expect(see()).toEqual([15, 150]);
  learner.dispose();
});

it('gives the step every input of its table: filled in its order, or the array that is given', async () => {
  const own = Float32Array.of(7, 8);
  const agent = { rate: 3, drawn: 0 };
  type Agent = typeof agent;
  const inputs = {
    first: float32([2, 2], (into, a: Agent) => into.fill(++a.drawn)),
    second: float32([2], (into, a: Agent) => into.fill(++a.drawn)),
    own: float32([2], own),
    rate: scalar((a: Agent) => a.rate),
    // What a network has no use for is no input.
    unused: undefined,
  };
  const step = stepOver<typeof inputs, 'sum'>((state, { first, second, own, rate, ...rest }) => {
    // @ts-expect-error the table has no such input
    expect(rest.gone).toBeUndefined();
    const rows = tf.add(tf.sum(first, 1), tf.add(second, tf.mul(own, rate))); // [2]
    return { state: { sum: tf.add(state.sum, rows) }, outputs: { rows } };
  });
  const state = { sum: block(new Float32Array(2)) };
  const learner = await createLearner(compute, { name: 'inputs', step, state, inputs, actor: ['sum'] });
  learner.fillInputs(agent);
  expect((await learner.run(['rows']))['rows']).toEqual(Float32Array.of(2 + 2 + 21, 2 + 2 + 24));
  Object.assign(agent, { rate: 0 });
  learner.fillInputs(agent);
  expect((await learner.run(['rows']))['rows']).toEqual(Float32Array.of(6 + 4, 6 + 4));
  await learner.sync();
  expect(learner.weights).toEqual(Float32Array.of(25 + 10, 28 + 10));
  expect(learner.inputs.own).toBe(own);
  learner.dispose();
});
