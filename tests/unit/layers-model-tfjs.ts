/** tfjs's side of layers models: what one computes, and the files it saves. */
import * as tf from '@tensorflow/tfjs';
import type { LayersModelFiles } from '#agents/nn/files/layers-model.ts';
import { sizeOf } from '#agents/nn/spec.ts';

/** The outputs for inputs x [batch, …input]. */
export async function outputs(
  model: tf.LayersModel,
  x: Float32Array,
  input: readonly number[],
): Promise<Float32Array> {
  const batch = x.length / sizeOf(input);
  const inputs = tf.tensor(x, [batch, ...input]);
  const y = model.predict(inputs) as tf.Tensor;
  const values = (await y.data()) as Float32Array;
  tf.dispose([inputs, y]);
  return values;
}

/** The files as tfjs loads them: JSON as text and back, the numbers apart. */
export async function loaded({ model, weights }: LayersModelFiles): Promise<tf.LayersModel> {
  const json = JSON.parse(JSON.stringify(model)) as tf.io.ModelJSON;
  return tf.loadLayersModel({
    load: async () =>
      tf.io.getModelArtifactsForJSON(json, async (manifest) => [
        manifest.flatMap((group) => group.weights),
        weights.buffer,
      ]),
  });
}

/** What tfjs itself saves: topology and weights of a model made with its layers. */
export async function savedByTfjs(model: tf.LayersModel): Promise<LayersModelFiles> {
  let files: LayersModelFiles | undefined;
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      const manifest = [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }];
      files = {
        model: { format: 'layers-model', modelTopology, weightsManifest: manifest },
        weights: new Uint8Array(weightData as ArrayBuffer),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  if (!files) throw new Error('tfjs saved nothing');
  return files;
}
