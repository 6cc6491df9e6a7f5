/** Mutants of what networks are made of, and of supervised models. */
import type { FileChanges } from '../mutant.ts';

export const networks: readonly FileChanges[] = [
  {
    file: 'agents/nn/optimizers.ts',
    tests: ["golden/algorithms -t simd 'algorithms/optimizers"],
    changes: [
      {
        find: "m: average(own('m'), gradient, beta1)",
        replace: "m: average(own('m'), gradient, beta2)",
        why: "Adam's βs are exchanged",
      },
      {
        find: "correction2: average(own('correction2'), one, beta2)",
        replace: 'correction2: one',
        why: 'the second moment is not corrected for its start',
      },
      {
        find: 'tf.scalar(5)), ',
        replace: 'tf.scalar(4)), ',
        why: 'RAdam begins to adapt too early',
        tests: ['unit/radam'],
      },
      {
        find: 'tf.sub(v, tf.square(mean))',
        replace: 'v',
        why: 'centred RMSProp is not centred',
      },
      {
        find: 'spec.nesterov ? tf.add(gradient, tf.mul(velocity, momentum)) : velocity',
        replace: 'velocity',
        why: 'Nesterov momentum does not look ahead',
      },
      {
        find: 'tf.add(step, tf.mul(params, tf.scalar(spec.weightDecay)))',
        replace: 'tf.sub(step, tf.mul(params, tf.scalar(spec.weightDecay)))',
        why: 'weight decay lets weights grow',
      },
      {
        find: 'tf.minimum(tf.scalar(1), tf.div(limit,',
        replace: 'tf.maximum(tf.scalar(1), tf.div(limit,',
        why: 'clipping makes small gradients large',
      },
      {
        find: "tf.sqrt(tf.add(own('delta'), epsilon))",
        replace: "tf.sqrt(own('delta'))",
        why: 'Adadelta never moves',
        tests: ["golden/algorithms -t simd 'algorithms/optimizers", 'unit/supervised', 'unit/model-run'],
      },
      {
        find: "const sum = tf.add(own('sum'), tf.square(gradient));",
        replace: 'const sum = tf.square(gradient);',
        why: 'Adagrad forgets its past gradients',
        tests: ["golden/algorithms -t simd 'algorithms/optimizers", 'unit/supervised', 'unit/model-run'],
      },
    ],
  },
  {
    file: 'agents/nn/losses.ts',
    tests: ["golden/algorithms -t simd 'algorithms/(dqn-updates|quantile)"],
    changes: [
      {
        find: 'tf.sub(size, tf.mul(inner, tf.scalar(0.5)))',
        replace: 'size',
        why: "Huber's loss is not ½x² near 0",
      },
    ],
  },
  {
    file: 'agents/nn/init.ts',
    tests: ['unit/agents-nn', 'parity/recurrent-layers'],
    changes: [
      {
        find: 'start.gain * Math.sqrt(2 / start.fanIn) * rng.normal()',
        replace: 'start.gain * Math.sqrt(1 / start.fanIn) * rng.normal()',
        why: "He's initialisation shrinks from layer to layer",
      },
      {
        find: 'Math.sqrt(6 / (start.fanIn + start.fanOut))',
        replace: 'Math.sqrt(2 / (start.fanIn + start.fanOut))',
        why: "Glorot's uniform bound is that of its normal form",
      },
      {
        find: 'vector[k] -= dot * other[k]',
        replace: 'vector[k] += dot * other[k]',
        why: 'orthogonal weights are not',
      },
      {
        find: 'into.fill(0).fill(1, into.length / 4, into.length / 2);',
        replace: 'into.fill(0).fill(1, 0, into.length / 4);',
        why: 'the bias of 1 is at the input gate instead of the forget gate',
      },
    ],
  },
  {
    file: 'agents/nn/batch-norm.ts',
    tests: ['parity/training-layers'],
    changes: [
      {
        find: 'tf.scalar(rows / (rows - 1))',
        replace: 'tf.scalar(1)',
        why: 'running variances are biased',
      },
      {
        find: 'tf.add(tf.mul(old, tf.scalar(momentum)), tf.mul(now, tf.scalar(1 - momentum)))',
        replace: 'tf.add(tf.mul(old, tf.scalar(1 - momentum)), tf.mul(now, tf.scalar(momentum)))',
        why: 'momentum and 1 − momentum are exchanged',
      },
      {
        find: 'tf.sub(featureSums(tf.mul(dy, x)), tf.mul(mean, sum))',
        replace: 'featureSums(tf.mul(dy, x))',
        why: 'the gradient through a batch of images is wrong',
      },
    ],
  },
  {
    file: 'agents/nn/dropout.ts',
    tests: ['parity/training-layers'],
    changes: [
      {
        find: 'const kept = 1 / (1 - layer.rate);',
        replace: 'const kept = 1;',
        why: 'training has smaller sums than acting',
      },
    ],
  },
  {
    file: 'agents/nn/recurrent.ts',
    tests: ['parity/recurrent-layers'],
    changes: [
      {
        find: 'tf.add(tf.mul(z, h), tf.mul(tf.sub(one, z), candidate))',
        replace: 'tf.add(tf.mul(tf.sub(one, z), h), tf.mul(z, candidate))',
        why: "the GRU's update gate is turned around: Keras's weights mean something else",
      },
      {
        find: 'keeps ? state.map((each) => tf.mul(each, keeps[t])) : state',
        replace: 'state',
        why: 'memory goes on into the next episode while learning',
      },
      {
        find: 'tf.mul(tf.sigmoid(o), tf.tanh(next))',
        replace: 'tf.mul(tf.sigmoid(o), next)',
        why: "the LSTM's output is not squashed",
      },
    ],
  },
  {
    file: 'agents/nn/inputs.ts',
    tests: ['unit/updates-policy', 'unit/agents-learner'],
    changes: [
      {
        find: 'learningRate * linear(1, 0, learningRateSteps, progress)',
        replace: 'learningRate * linear(0, 1, learningRateSteps, progress)',
        why: 'the learning rate grows instead of falling',
        tests: ['unit/core-parts'],
      },
      {
        find: 'gradientClip > 0 ? gradientClip : 1e30',
        replace: 'gradientClip',
        why: 'a clip of 0 stops all learning instead of clipping nothing',
      },
    ],
  },
  {
    file: 'agents/supervised/losses.ts',
    tests: ['unit/supervised'],
    changes: [
      {
        find: 'tf.mul(target, tf.sub(tf.scalar(1), smoothing))',
        replace: 'target',
        why: 'smoothed labels do not add up to one',
      },
      {
        find: 'tf.softplus(tf.neg(tf.abs(outputs)))',
        replace: 'tf.softplus(tf.abs(outputs))',
        why: 'binary cross-entropy grows where it should vanish',
      },
    ],
  },
  {
    file: 'agents/supervised/step.ts',
    tests: ['unit/updates-model'],
    changes: [
      {
        find: 'tf.scalar(l2 / 2)',
        replace: 'tf.scalar(l2)',
        why: 'L2 is twice as strong as it says',
      },
      {
        find: "network.params[k].name.toLowerCase().endsWith('kernel')",
        replace: 'k >= 0',
        why: 'offsets and normalisation are penalised too',
      },
      {
        find: 'tf.add(x, tf.mul(tf.scalar(epsilon), tf.sign(gradient)))',
        replace: 'tf.sub(x, tf.mul(tf.scalar(epsilon), tf.sign(gradient)))',
        why: 'adversarial training makes examples easier',
      },
      {
        find: "optimizer === 'adamw' ? weightDecay : 0",
        replace: 'weightDecay',
        why: 'Adam decays weights like AdamW',
      },
    ],
  },
  {
    file: 'agents/supervised/schedules.ts',
    tests: ['unit/supervised'],
    changes: [
      {
        find: 'to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2',
        replace: 'to + ((from - to) * (1 - Math.cos(Math.PI * share))) / 2',
        why: 'cosine schedules rise where they should fall',
      },
      {
        find: 'Math.floor((3 * step) / total)',
        replace: 'Math.ceil((3 * step) / total)',
        why: 'the first third already has a tenth of the rate',
      },
    ],
  },
  {
    file: 'agents/supervised/perceptron.ts',
    tests: ['unit/supervised'],
    changes: [
      {
        find: 'if (seen !== label) {',
        replace: 'if (seen === label) {',
        why: 'it learns from what it gets right',
      },
      {
        find: 'params[features * outputs + k] += factor;',
        replace: '',
        why: 'offsets are not learned: only lines through the origin',
      },
    ],
  },
];
