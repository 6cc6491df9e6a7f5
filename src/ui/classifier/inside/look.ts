/** What the views of "Look inside" show, kept while other tabs are open. */
import { signal } from '@preact/signals';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import type { Room } from '../state/room.ts';
import { AdversarialLook } from './adversarial-look.ts';
import { DropoutLook } from './dropout-look.ts';
import { LandscapeLook } from './landscape-look.ts';
import { NeuronLook } from './neuron-look.ts';

export const VIEWS = ['neurons', 'dropout', 'adversarial', 'landscape'] as const;
export type View = (typeof VIEWS)[number];

export class Look {
  readonly view = signal<View>('neurons');
  readonly neurons: NeuronLook;
  readonly dropout: DropoutLook;
  readonly adversarial: AdversarialLook;
  readonly landscape: LandscapeLook;

  constructor(room: Room) {
    this.neurons = new NeuronLook(room);
    this.dropout = new DropoutLook(room);
    this.adversarial = new AdversarialLook(room);
    this.landscape = new LandscapeLook(room);
  }
}

const looks = new WeakMap<Room, Look>();

export function lookOf(room: Room): Look {
  const look = looks.get(room) ?? new Look(room);
  looks.set(room, look);
  return look;
}

/** Whether the inputs are pictures. */
export function showsPictures({ shape }: FitInfo): boolean {
  return shape.length === 3;
}
