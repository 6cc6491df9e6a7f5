/** The connection to the Redis or Valkey server of a queue: tried again with growing pauses, and given up with a clear error. */
import { Redis } from 'ioredis';
import { messageOf, refusal, show } from '#core/errors.ts';

/** All keys of this project begin with it. */
export const PREFIX = 'ludus';

/** Attempts to reach a server at the beginning, and milliseconds of the first pause, which doubles up to the longest. */
const ATTEMPTS = 7;
const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5000;

/** What bullmq asks of a connection: commands wait while a server is away, since it may come back. */
const OPTIONS = { maxRetriesPerRequest: null, lazyConnect: true } as const;

/** Throws an `InputError` at `--queue` if it is no address of such a server. */
function checkAddress(address: string): string {
  const protocol = URL.canParse(address) ? new URL(address).protocol : '';
  if (protocol === 'redis:' || protocol === 'rediss:') return address;
  throw refusal('--queue', 'the address of a Redis or Valkey server, as redis://host:6379', show(address));
}

/** A connection that has been made. Rejects once the attempts are used up. */
export async function connect(address: string): Promise<Redis> {
  let reason = 'no answer';
  let isReady = false;
  const redis = new Redis(checkAddress(address), {
    ...OPTIONS,
    retryStrategy: (times) =>
      !isReady && times >= ATTEMPTS ? null : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1)),
  });
  // Without a listener an error would end the process; what waits for an answer goes on waiting.
  redis.on('error', (error) => (reason = messageOf(error)));
  await new Promise<void>((done, fail) => {
    redis.once('ready', done);
    redis.once('end', () =>
      fail(new Error(`--queue: no server at ${address} after ${ATTEMPTS} attempts: ${reason}`)),
    );
    redis.connect().catch(() => {});
  });
  isReady = true;
  return redis;
}
