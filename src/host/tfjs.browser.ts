/**
 * What every thread needs of tfjs: gradients, the methods of tensors, and the backend that tfjs takes by itself for what is computed
 * outside steps. `@tensorflow/tfjs` would bring its layers, converter and data sets as well, and start every worker with WebGL's
 * kernels.
 */
// First, as it defines the flags that the others read while they are evaluated.
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-backend-cpu';
