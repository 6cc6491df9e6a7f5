/** The page's side of the thread that reads a sweep's folder. */
import { LoneWorker } from '../alone.ts';
import type { WorkerLike } from '../client.ts';
import type { SweepApi } from './protocol.ts';

export function sweepClient(worker: WorkerLike): LoneWorker<SweepApi> {
  return new LoneWorker(worker, 'reads the sweep');
}
