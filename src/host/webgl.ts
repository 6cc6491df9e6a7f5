/** tfjs's backend on WebGL, in a file that is loaded only where it is used. */
import '@tensorflow/tfjs-backend-webgl';
