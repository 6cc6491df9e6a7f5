/** The states of a sweep's runs in the store of its queue, so that any machine can go on from them. They are dropped after a week. */
import type { Redis } from 'ioredis';
import type { States } from '#train/sweep/work.ts';
import { hashOf } from '../sweep/state-files.ts';
import { PREFIX } from './connection.ts';

/** Seconds. */
export const KEPT = 7 * 24 * 3600;
/** Bytes of the largest value that Redis takes. A larger state is not kept: who needs it trains it again. */
const LARGEST = 512 * 2 ** 20;

export class RedisStates implements States {
  private readonly redis: Redis;

  constructor(redis: Redis) {
    this.redis = redis;
  }

  async load(state: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = await this.redis.getBuffer(keyOf(state));
    return found ? new Uint8Array(found) : undefined;
  }

  async save(state: string, checkpoint: Uint8Array<ArrayBuffer>): Promise<void> {
    if (checkpoint.length <= LARGEST) await this.redis.set(keyOf(state), Buffer.from(checkpoint), 'EX', KEPT);
  }

  async drop(state: string): Promise<void> {
    await this.redis.del(keyOf(state));
  }
}

function keyOf(state: string): string {
  return `${PREFIX}:state:${hashOf(state)}`;
}
