/** What src/host/compute.ts imports of `@tensorflow/tfjs`, without what Ludus does not use: see build-package.ts. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-backend-cpu';
