/** The library of queues, which is installed by who uses them. */
import { refusal } from '#core/errors.ts';

/** Loads a file that imports bullmq and ioredis. Throws an `InputError` that says what to install if they are not there. */
export async function queueLibrary<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw refusal('--queue', 'bullmq and ioredis to be installed (npm install bullmq ioredis)', 'neither');
  }
}
