/**
 * The rules that all MiniGrid worlds share: turning, walking, carrying, doors, boxes, the shrinking reward,
 * and the view. A world adds how its level is built and when its mission ends the episode (`Rules`). After
 * Minigrid (Chevalier-Boisvert et al., 2023, arXiv:2306.13831), whose numbers for types, colours, states and
 * actions are kept.
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { defineEnv, type EnvDefinition, type EnvKernel, type EnvSpec, type RewardTerm } from '#core/env.ts';
import { canEnter, canPickUp, Door, EMPTY, hueOf, insideOf, stateOf, Type, typeOf, Hue } from './cells.ts';
import { drawWorld } from './draw.ts';
import { columns, door, DX, DY, Slot, type Worlds } from './slot.ts';
import { Act, Outcome, type Rules } from './rules.ts';
import { observeView, VIEW } from './view.ts';

const TERMS: readonly RewardTerm[] = [
  { id: 'success', label: 'Success', weight: 1, help: '1 when the mission succeeds.' },
  {
    id: 'haste',
    label: 'Haste',
    weight: -0.9,
    help: 'On success, steps taken over the time limit: reward is 1 − 0.9 · steps / limit, as in Minigrid.',
  },
  {
    id: 'failure',
    label: 'Failure',
    weight: 0,
    help: '1 when the episode ends in failure: in lava, or with the wrong object or door.',
  },
  { id: 'step', label: 'Step', weight: 0, help: '1 for every step.' },
];
const COLLISION: RewardTerm = {
  id: 'collision',
  label: 'Collision',
  weight: -1,
  help: '1 when the agent walks into a ball or a wall, which ends the episode.',
};
const event = { success: 0, haste: 1, failure: 2, step: 3, collision: 4 } as const;

/** In Minigrid's order of actions. */
const NAMES = ['left', 'right', 'forward', 'pick up', 'drop', 'toggle', 'done'] as const;
const KEYS = { ArrowLeft: 0, ArrowRight: 1, ArrowUp: 2, KeyA: 3, KeyS: 4, KeyD: 5, KeyF: 6 } as const;

const DIRECTIONS = ['right', 'down', 'left', 'up'] as const;

/**
 * Channels before those of the mission: type, colour and state of a cell, and the direction in every cell.
 */
const PLANES = 4;
/** How often a level is rebuilt when something does not fit. */
const BUILDS = 1000;

type Identity = Pick<EnvSpec, 'id' | 'version' | 'title'>;

/** What the channels are, and what their numbers stand for: those of the cells, then pairs for the objects of the mission. */
function channelsOf(mission: number): { readonly names: string[]; readonly values: (readonly string[])[] } {
  const [types, colours] = [Object.keys(Type), Object.keys(Hue)];
  const objects = Array.from({ length: mission / 2 }, (_, k) =>
    mission > 2 ? `mission ${k + 1}` : 'mission',
  );
  return {
    names: [
      'object',
      'colour',
      'state',
      'direction',
      ...objects.flatMap((of) => [`${of}: object`, `${of}: colour`]),
    ],
    values: [types, colours, Object.keys(Door), DIRECTIONS, ...objects.flatMap(() => [types, colours])],
  };
}

/** A world in which the agent only turns and walks has the first three actions. */
function specOf({ id, version, title }: Identity, rules: Rules): EnvSpec {
  const actions = rules.movesOnly ? 3 : 7;
  return {
    id,
    version,
    title,
    observation: {
      kind: 'planes',
      shape: [VIEW, VIEW, PLANES + rules.mission],
      columnsFirst: true,
      ...channelsOf(rules.mission),
    },
    quantities: ['x', 'y', 'direction', 'carrying'],
    ...(rules.whole && { grid: { width: rules.width, height: rules.height } }),
    action: { kind: 'discrete', names: NAMES.slice(0, actions) },
    rewards: rules.movesOnly ? [...TERMS, COLLISION] : TERMS,
    maxSteps: rules.maxSteps,
    fps: 8,
    keys: Object.fromEntries(Object.entries(KEYS).slice(0, actions)),
  };
}

/** Plays one action by Minigrid's base rules; success on a goal, failure in lava. */
function act(slot: Slot, action: number): number {
  const { s, i } = slot;
  if (action === Act.left) s.direction[i] = (s.direction[i] + 3) & 3;
  else if (action === Act.right) s.direction[i] = (s.direction[i] + 1) & 3;
  else if (action === Act.done) return Outcome.continues;
  const front = slot.front();
  const ahead = s.grid[front];
  switch (action) {
    case Act.forward:
      if (!canEnter(ahead)) return Outcome.continues;
      s.x[i] += DX[s.direction[i]];
      s.y[i] += DY[s.direction[i]];
      if (typeOf(ahead) === Type.goal) return Outcome.success;
      return typeOf(ahead) === Type.lava ? Outcome.failure : Outcome.continues;
    case Act.pickUp:
      if (s.carrying[i] !== 0 || !canPickUp(ahead)) return Outcome.continues;
      s.carrying[i] = ahead;
      s.grid[front] = EMPTY;
      return Outcome.continues;
    case Act.drop:
      if (s.carrying[i] === 0 || ahead !== EMPTY) return Outcome.continues;
      s.grid[front] = s.carrying[i];
      s.carrying[i] = 0;
      return Outcome.continues;
    case Act.toggle:
      s.grid[front] = toggled(ahead, s.carrying[i]);
      return Outcome.continues;
    default:
      return Outcome.continues;
  }
}

/**
 * A cell after a toggle: doors open and close, the right key unlocks one, a box is replaced by its contents.
 */
function toggled(code: number, carrying: number): number {
  if (typeOf(code) === Type.box) return insideOf(code) || EMPTY;
  if (typeOf(code) !== Type.door) return code;
  const hue = hueOf(code);
  switch (stateOf(code)) {
    case Door.open:
      return door(hue, Door.closed);
    case Door.closed:
      return door(hue, Door.open);
    default:
      return typeOf(carrying) === Type.key && hueOf(carrying) === hue ? door(hue, Door.open) : code;
  }
}

/** The kernel of a world. All slots share its cursor and its blank views, and nothing else. */
function createKernel(identity: Identity, rules: Rules): EnvKernel<Worlds, number> {
  const slot = new Slot(rules);
  const { maxSteps, seeThrough, mission } = rules;
  const channels = PLANES + mission;
  // [direction] an observation in which nothing is seen: copied first, as usually most of a view is unseen.
  const blank = [0, 1, 2, 3].map((direction) =>
    Float32Array.from({ length: VIEW * VIEW * channels }, (_, k) => (k % channels === 3 ? direction : 0)),
  );
  return {
    spec: specOf(identity, rules),
    allocate: (n) => columns(n, rules),
    reset(s, i, rng) {
      slot.on(s, i);
      for (let k = 0; k < BUILDS; k++) {
        slot.failed = false;
        // Nowhere, so that objects may be placed where the agent stood at the end of the last episode.
        slot.putAgent(-1, -1, 0);
        rules.build(slot, rng);
        if (!slot.failed) break;
      }
      if (slot.failed)
        throw new Error(`${identity.id}: expected a level within ${BUILDS} attempts, got none`);
      s.carrying[i] = 0;
      s.steps[i] = 0;
    },
    step(s, i, given, rng, out) {
      slot.on(s, i);
      const action = rules.replaceAction ? rules.replaceAction(given) : given;
      const before = rules.before ? rules.before(slot, action, rng) : 0;
      let outcome = act(slot, action);
      // What the mission says overrides goal and lava.
      if (rules.judge) outcome = rules.judge(slot, action, before) || outcome;
      const { events } = out;
      events[event.step] = 1;
      const steps = ++s.steps[i];
      if (outcome === Outcome.continues) return;
      out.terminated = true;
      if (outcome === Outcome.success) {
        events[event.success] = 1;
        events[event.haste] = steps / maxSteps;
      } else events[outcome === Outcome.collision ? event.collision : event.failure] = 1;
    },
    observe(s, i, into, offset) {
      into.set(blank[s.direction[i]], offset);
      observeView(slot.on(s, i), seeThrough, channels, into, offset);
      if (mission === 0) return;
      const end = offset + VIEW * VIEW * channels;
      for (let k = 0; k < mission; k++) {
        const value = slot.mission(k);
        for (let at = offset + PLANES + k; at < end; at += channels) into[at] = value;
      }
    },
    // Column and row in the grid, and the type of what is carried, 0 for nothing.
    measure(s, i, into) {
      into[0] = s.x[i];
      into[1] = s.y[i];
      into[2] = s.direction[i];
      into[3] = typeOf(s.carrying[i]);
    },
    draw(s, i, list) {
      drawWorld(list, slot.on(s, i), rules);
    },
  };
}

const limit = {
  maxSteps: integer({
    label: 'Time limit',
    help: "Steps after which an episode is truncated, and over which the reward of success falls; 0 takes the limit of Minigrid's level.",
    unit: 'steps',
    default: 0,
    min: 0,
    max: 1_000_000,
  }),
};

interface Family<F extends z.core.$ZodLooseShape> {
  /** The id behind `minigrid-`. */
  readonly id: string;
  readonly title: string;
  /** 1 if not given. */
  readonly version?: number;
  readonly summary: string;
  /** The world's own parameters, besides the time limit. */
  readonly fields: F;
  /** `maxSteps` of the rules is the reference's. */
  rules(params: z.output<z.ZodObject<F>>): Rules;
}

/** A MiniGrid world: its parameters are its own fields and the time limit. */
export function defineMinigrid<F extends z.core.$ZodLooseShape>(family: Family<F>): EnvDefinition {
  const id = `minigrid-${family.id}`;
  return defineEnv({
    id,
    title: family.title,
    group: 'grid',
    summary: family.summary,
    params: z.object({ ...family.fields, ...limit }),
    create(params) {
      const rules = family.rules(params as z.output<z.ZodObject<F>>);
      const given = (params as { readonly maxSteps: number }).maxSteps;
      const identity = { id, version: family.version ?? 1, title: family.title };
      return createKernel(identity, given === 0 ? rules : { ...rules, maxSteps: given });
    },
  });
}

/** The parameter that most worlds have. */
export function sizeField(standard: number, min: number, max: number): ReturnType<typeof integer> {
  return integer({
    label: 'Size',
    help: 'Side of the grid, outer walls included: larger grids are harder to explore.',
    unit: 'cells',
    default: standard,
    min,
    max,
  });
}
