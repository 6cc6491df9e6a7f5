/**
 * Prints what the compiler makes of the update of a dense network, stage by stage: `npx tsx scripts/explain.ts`, with a number of
 * threads also what they share.
 */
import '@tensorflow/tfjs'; // registers gradients
import { denseNetwork, updateExample } from '#compile/examples.ts';
import { explain } from '#compile/explain.ts';

const threads = Number(process.argv[2] ?? 1);
const { step, shapes } = updateExample(denseNetwork([64, 256, 256, 4], 256));
process.stdout.write(`${explain('update', step, shapes, threads)}\n`);
