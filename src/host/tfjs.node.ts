/** What every thread needs of tfjs, for Node, whose packages have gradients in this one alone; see tfjs.browser.ts. */
import '@tensorflow/tfjs';
