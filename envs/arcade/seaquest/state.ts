/** The columns of Seaquest: a submarine, five lists of what moves around it, and the timers. */
import type { ListKind } from './lists.ts';

export const SIZE = 10;
export const CHANNELS = 10;
export const FULL_OXYGEN = 200;
export const DIVERS_ABOARD = 6;

/**
 * Items: column, row, heading (−1 or 1), steps until it moves, and for submarines steps until it shoots. No list can get
 * full: at the fastest one enemy comes per step and takes 31 steps across; each shoots every 11 and a bullet lives 10.
 */
export const ENEMY: ListKind = { stride: 5, capacity: 64 };
export const DIVER: ListKind = { stride: 4, capacity: 8 };
/** Items: column, row, heading. */
export const BULLET: ListKind = { stride: 3, capacity: 64 };

type Column =
  | 'executed'
  | 'ended'
  | 'x'
  | 'y'
  | 'heading'
  | 'aboard'
  | 'atSurface'
  | 'spawnSpeed'
  | 'spawnTimer'
  | 'diverTimer'
  | 'moveSpeed'
  | 'shotTimer'
  | 'fish'
  | 'fishCount'
  | 'subs'
  | 'subCount'
  | 'divers'
  | 'diverCount'
  | 'own'
  | 'ownCount'
  | 'enemy'
  | 'enemyCount';

/** `own` and `enemy` are bullets; each list has its count beside it. `aboard` can be negative, see the card. */
export type State = Readonly<Record<Column, Int8Array>> & {
  readonly oxygen: Int16Array;
  readonly ramp: Int32Array;
};

export function allocate(n: number): State {
  const bytes = (size = 1): Int8Array => new Int8Array(n * size);
  const list = (kind: ListKind): Int8Array => bytes(kind.stride * kind.capacity);
  return {
    executed: bytes(),
    ended: bytes(),
    x: bytes(),
    y: bytes(),
    heading: bytes(),
    aboard: bytes(),
    atSurface: bytes(),
    spawnSpeed: bytes(),
    spawnTimer: bytes(),
    diverTimer: bytes(),
    moveSpeed: bytes(),
    shotTimer: bytes(),
    fish: list(ENEMY),
    fishCount: bytes(),
    subs: list(ENEMY),
    subCount: bytes(),
    divers: list(DIVER),
    diverCount: bytes(),
    own: list(BULLET),
    ownCount: bytes(),
    enemy: list(BULLET),
    enemyCount: bytes(),
    oxygen: new Int16Array(n),
    ramp: new Int32Array(n),
  };
}
