/** All models for data sets, in the order of the pickers. */
import type { ModelDefinition } from '#core/fit.ts';
import type { Compute } from '#compile/step.ts';
import { autoencoder, cnn, gru, lenet, linear, mlp } from '#agents/supervised/models.ts';
import { perceptron } from '#agents/supervised/perceptron.ts';

export type SupervisedModel = ModelDefinition<Compute>;

export const models: readonly SupervisedModel[] = [perceptron, linear, mlp, lenet, cnn, gru, autoencoder];
