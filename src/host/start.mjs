// The first thing that runs in a thread of Node: it learns TypeScript as the main thread did, then loads what it is for.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
