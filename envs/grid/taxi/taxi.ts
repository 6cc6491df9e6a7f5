/**
 * Taxi: pick up a passenger at one of four stands and drop them off at another. The same Markov decision
 * process as Gymnasium's Taxi-v4 (Dietterich, 2000), with its rain, in which the taxi may go astray, and its
 * fickle passengers.
 */
import { z } from 'zod';
import { integer, number, toggle } from '#core/config.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type Transition } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { placeCell } from '../board.ts';
import { drawTaxi } from './draw.ts';
import { ROAD, SIDE, SIDES, STANDS } from './town.ts';

const params = z.object({
  rainy: toggle({
    label: 'Rain',
    help: 'Makes a move go in the chosen direction only with the rain probability, else to one of its two sides.',
    default: false,
  }),
  rainyProbability: number({
    label: 'Rain probability',
    help: 'Probability that a move in the rain goes in the chosen direction; its two sides share the rest.',
    default: 0.8,
    min: 0,
    max: 1,
    when: { field: 'rainy', is: [true] },
  }),
  ficklePassenger: toggle({
    label: 'Fickle passenger',
    help: 'Lets the passenger of some episodes change the destination after the first move.',
    default: false,
  }),
  fickleProbability: number({
    label: 'Fickle probability',
    help: 'Probability that the passenger of an episode changes the destination.',
    default: 0.3,
    min: 0,
    max: 1,
    when: { field: 'ficklePassenger', is: [true] },
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps after which an episode is truncated; off lets it run until it ends by itself.',
    unit: 'steps',
    default: 200,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

/** Cells × places of the passenger × destinations. */
const STATES = SIDE * SIDE * 5 * 4;
const IN_TAXI = 4;
/** Actions below are moves, the one above is the drop-off. */
const PICK_UP = 4;

function columns(n: number) {
  return {
    /** ((row · 5 + column) · 5 + passenger) · 4 + destination; passenger 4 sits in the taxi. */
    state: new Int32Array(n),
    /** 1 as long as the passenger is going to change their mind. */
    fickle: new Uint8Array(n),
  };
}
type Taxi = ColumnsOf<typeof columns>;

function stateOf(cell: number, passenger: number, destination: number): number {
  return (cell * 5 + passenger) * 4 + destination;
}

/** The stand on a cell, or −1. */
function standOn(cell: number): number {
  for (let k = 0; k < 4; k++) if (STANDS[k] === cell) return k;
  return -1;
}

const event = { step: 0, delivery: 1, illegal: 2 } as const;

/** The passenger's place after a pick-up or drop-off, or −1 if that is illegal here. */
function handle(state: number, action: number): number {
  const destination = state & 3;
  const passenger = (state >> 2) % 5;
  const cell = Math.floor(state / 20);
  if (action === PICK_UP) return passenger < IN_TAXI && STANDS[passenger] === cell ? IN_TAXI : -1;
  if (passenger !== IN_TAXI) return -1;
  return STANDS[destination] === cell ? destination : standOn(cell);
}

/** Dropping off ends the episode at the destination only. */
function delivers(state: number, action: number): boolean {
  return action > PICK_UP && (state >> 2) % 5 === IN_TAXI && STANDS[state & 3] === Math.floor(state / 20);
}

/**
 * One step of the model. A pick-up or drop-off has a single outcome, and so has a move on dry roads or one that a wall or
 * the edge blocks: as in the reference, a taxi that cannot go ahead does not drift either.
 */
function transitions(state: number, action: number, p: z.output<typeof params>): readonly Transition[] {
  const cell = Math.floor(state / 20);
  const rest = state % 20;
  if (action < PICK_UP) {
    const towards = (direction: number, probability: number): Transition => ({
      probability,
      next: ROAD[cell * 4 + direction] * 20 + rest,
      reward: -1,
      terminated: false,
    });
    if (!p.rainy || ROAD[cell * 4 + action] === cell) return [towards(action, 1)];
    const aside = (1 - p.rainyProbability) / 2;
    const [left, right] = SIDES[action];
    return [towards(action, p.rainyProbability), towards(left, aside), towards(right, aside)];
  }
  const passenger = handle(state, action);
  if (passenger < 0) return [{ probability: 1, next: state, reward: -10, terminated: false }];
  const terminated = delivers(state, action);
  const next = stateOf(cell, passenger, state & 3);
  return [{ probability: 1, next, reward: terminated ? 20 : -1, terminated }];
}

function create(p: z.output<typeof params>): EnvKernel<Taxi, number> {
  const spec: EnvSpec = {
    id: 'taxi',
    version: 2,
    title: 'Taxi',
    observation: { kind: 'discrete', shape: [1], states: STATES },
    quantities: ['x', 'y', 'passenger', 'destination'],
    grid: { width: SIDE, height: SIDE },
    action: { kind: 'discrete', names: ['south', 'north', 'east', 'west', 'pick up', 'drop off'] },
    rewards: [
      {
        id: 'step',
        label: 'Step',
        weight: -1,
        help: '1 for every step without a delivery or an illegal action.',
      },
      {
        id: 'delivery',
        label: 'Delivery',
        weight: 20,
        help: '1 when the passenger is dropped off at the destination.',
      },
      {
        id: 'illegal',
        label: 'Illegal',
        weight: -10,
        help: '1 for an illegal pick-up or drop-off.',
      },
    ],
    maxSteps: p.maxSteps,
    fps: 6,
    keys: { ArrowDown: 0, ArrowUp: 1, ArrowRight: 2, ArrowLeft: 3, KeyA: 4, KeyS: 5 },
  };

  /** The cell where a move in the rain ends, if nothing blocks the way ahead. */
  function drive(cell: number, action: number, u: number): number {
    if (u < p.rainyProbability) return ROAD[cell * 4 + action];
    const side = u < (1 + p.rainyProbability) / 2 ? 0 : 1;
    return ROAD[cell * 4 + SIDES[action][side]];
  }

  return {
    spec,
    allocate: columns,
    reset(s, i, rng) {
      const cell = rng.integer(SIDE * SIDE);
      const passenger = rng.integer(4);
      // The destination is any stand except the passenger's own.
      s.state[i] = stateOf(cell, passenger, (passenger + 1 + rng.integer(3)) & 3);
      s.fickle[i] = p.ficklePassenger && rng.uniform() < p.fickleProbability ? 1 : 0;
    },
    step(s, i, action, rng, out) {
      const state = s.state[i];
      const cell = Math.floor(state / 20);
      if (action >= PICK_UP) {
        const passenger = handle(state, action);
        const done = delivers(state, action);
        out.events[passenger < 0 ? event.illegal : done ? event.delivery : event.step] = 1;
        out.terminated = done;
        if (passenger >= 0) s.state[i] = stateOf(cell, passenger, state & 3);
        return;
      }
      out.events[event.step] = 1;
      const ahead = ROAD[cell * 4 + action];
      const to = p.rainy && ahead !== cell ? drive(cell, action, rng.uniform()) : ahead;
      // The passenger changes the destination once, at the first move that takes them anywhere.
      let destination = state & 3;
      const passenger = (state >> 2) % 5;
      if (s.fickle[i] && passenger === IN_TAXI && to !== cell) {
        s.fickle[i] = 0;
        destination = (destination + 1 + rng.integer(3)) & 3;
      }
      s.state[i] = stateOf(to, passenger, destination);
    },
    observe(s, i, into, offset) {
      into[offset] = s.state[i];
    },
    measure(s, i, into) {
      const cell = Math.floor(s.state[i] / 20);
      into[0] = cell % SIDE;
      into[1] = Math.floor(cell / SIDE);
      into[2] = (s.state[i] >> 2) % 5;
      into[3] = s.state[i] & 3;
    },
    draw(s, i, list) {
      const state = s.state[i];
      drawTaxi(list, Math.floor(state / 20), (state >> 2) % 5, state & 3);
    },
    // Where the taxi might be, with the passenger and the destination of the picture.
    place: (state, current, out) =>
      state % 20 === current % 20 && placeCell(Math.floor(state / 20), SIDE, out),
    // Whether the destination will change is not part of the observed state, so there is no model of it over
    // these states.
    ...(p.ficklePassenger ? {} : { model: () => model(p) }),
  };
}

function model(p: z.output<typeof params>): ReturnType<NonNullable<EnvKernel['model']>> {
  return {
    states: STATES,
    actions: 6,
    initial: Array.from({ length: STATES }, (_, state) => {
      const passenger = (state >> 2) % 5;
      return passenger < IN_TAXI && passenger !== (state & 3) ? 1 / 300 : 0;
    }),
    transitions: (state, action) => transitions(state, action, p),
  };
}

export const taxi = defineEnv({
  id: 'taxi',
  title: 'Taxi',
  group: 'grid',
  summary: 'Pick up a passenger at one of four stands and drop them off at another.',
  params,
  create,
});
