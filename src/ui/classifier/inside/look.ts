/** What the views of "Look inside" show, kept while other tabs are open. */
import { batch, effect, signal, type Signal } from '@preact/signals';
import { newName } from '#storage/database.ts';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import type { Keeper } from '../state/keepers.ts';
import type { Room } from '../state/room.ts';
import { AdversarialLook } from './adversarial-look.ts';
import { DropoutLook } from './dropout-look.ts';
import { LandscapeLook } from './landscape-look.ts';
import { NeuronLook } from './neuron-look.ts';

export const VIEWS = ['neurons', 'dropout', 'adversarial', 'landscape'] as const;
export type View = (typeof VIEWS)[number];

/** Signals whose values are kept over a reload, by their names. */
type Kept = Readonly<Record<string, Signal<unknown>>>;
type Values = Readonly<Record<string, unknown>>;

interface KeptLook {
  readonly values: Readonly<Record<string, Values>>;
  /** Whether the neurons were of the room's fit. */
  readonly current: boolean;
}

export class Look implements Keeper {
  readonly name = 'inside';
  readonly view = signal<View>('neurons');
  readonly neurons: NeuronLook;
  readonly dropout: DropoutLook;
  readonly adversarial: AdversarialLook;
  readonly landscape: LandscapeLook;
  private readonly room: Room;
  private readonly kept: Readonly<Record<string, Kept>>;
  /** Number of changes of what is kept, counted anew on every visit. */
  private readonly changes = signal(0);
  private readonly visit = newName();
  private readonly stop: () => void;

  constructor(room: Room) {
    this.room = room;
    this.neurons = new NeuronLook(room);
    this.dropout = new DropoutLook(room);
    this.adversarial = new AdversarialLook(room);
    this.landscape = new LandscapeLook(room);
    const { layer, page, found, pictures, stimuli, shown } = this.neurons;
    const { epochs, rate, without, withDropout, shape } = this.dropout;
    const { epsilon, method, target, attacked, curve, twinCurve, against } = this.adversarial;
    const { side, left, right } = this.landscape;
    this.kept = {
      look: { view: this.view },
      neurons: { layer, page, found, pictures, stimuli, shown },
      dropout: { epochs, rate, without, withDropout, shape },
      adversarial: { epsilon, method, target, attacked, curve, twinCurve, against },
      landscape: { side, left, right },
    };
    this.stop = effect(() => {
      for (const part of Object.values(this.kept)) for (const each of Object.values(part)) void each.value;
      this.changes.value = this.changes.peek() + 1;
    });
  }

  stamp(): string {
    return `${this.visit} ${this.changes.value}`;
  }

  state(): KeptLook {
    const values = mapped(this.kept, (part) => mapped(part, (each) => each.peek()));
    return { values, current: this.neurons.found.peek()?.run === this.room.fit.info.peek()?.run };
  }

  /** After the room's fit has come back. */
  takeBack(state: unknown): void {
    const { values, current } = state as KeptLook;
    batch(() => {
      for (const [name, part] of Object.entries(this.kept))
        for (const [key, each] of Object.entries(part)) {
          const value = values[name]?.[key];
          if (value !== undefined) each.value = value;
        }
      const { value: found } = this.neurons.found;
      // Every worker numbers its fits anew.
      const run = (current && this.room.fit.info.peek()?.run) || -1;
      if (found) this.neurons.found.value = { ...found, run };
    });
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

function mapped<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

const looks = new WeakMap<Room, Look>();

export function lookOf(room: Room): Look {
  const look = looks.get(room) ?? new Look(room);
  if (!looks.has(room)) {
    looks.set(room, look);
    room.keepers.add(look);
  }
  return look;
}

/** Whether the inputs are pictures. */
export function showsPictures({ shape }: FitInfo): boolean {
  return shape.length === 3;
}
