// Entry of all worker threads in Node: registers the TypeScript loader, then loads the file that the thread is for.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const entry = await import(workerData.entry);
/** What a thread of a pool is given its tasks by. */
export const work = entry.work;
