// Entry of all worker threads in Node: registers the TypeScript loader, then loads the file that the thread is for.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
