/**
 * The rules that all MiniGrid worlds share: turning, walking, carrying, doors, boxes, the shrinking reward, and the view.
 * A world adds how its level is built and what its mission says to a step (`Rules`).
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { defineEnv, type EnvDefinition, type EnvKernel, type EnvSpec, type RewardTerm } from '#core/env.ts';
import { canEnter, canPickUp, Door, EMPTY, hueOf, insideOf, stateOf, Type, typeOf } from './cells.ts';
import { drawWorld } from './draw.ts';
import { columns, door, DX, DY, Slot, type Worlds } from './slot.ts';
import { Act, Verdict, type Rules } from './rules.ts';
import { observeView, VIEW } from './view.ts';

const TERMS: readonly RewardTerm[] = [
  { id: 'success', label: 'Success', weight: 1, help: '1 when the mission is fulfilled.' },
  {
    id: 'haste',
    label: 'Haste',
    weight: -0.9,
    help: 'On success, the share of the time limit that it took.',
  },
  {
    id: 'failure',
    label: 'Failure',
    weight: 0,
    help: '1 when the episode ends badly: lava, a wrong thing or door.',
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

const NAMES = ['left', 'right', 'forward', 'pick up', 'drop', 'toggle', 'done'] as const;
const KEYS = { ArrowLeft: 0, ArrowRight: 1, ArrowUp: 2, KeyA: 3, KeyS: 4, KeyD: 5, KeyF: 6 } as const;

/** Channels of the view, and the plane of the direction. */
const PLANES = 4;
/** How often a level is drawn again when something found no place. */
const BUILDS = 1000;

/** The first three actions are those of a world with things that move; the others have no use there. */
function specOf(id: string, title: string, rules: Rules): EnvSpec {
  const actions = rules.crowded ? 3 : 7;
  return {
    id,
    version: 1,
    title,
    observation: { kind: 'planes', shape: [VIEW, VIEW, PLANES + rules.mission] },
    action: { kind: 'discrete', names: NAMES.slice(0, actions) },
    rewards: rules.crowded ? [...TERMS, COLLISION] : TERMS,
    maxSteps: rules.maxSteps,
    fps: 8,
    keys: Object.fromEntries(Object.entries(KEYS).slice(0, actions)),
  };
}

/** One action of the reference's base rules; success on a goal, failure in lava. */
function act(slot: Slot, action: number): number {
  const { s, i } = slot;
  if (action === Act.left) s.direction[i] = (s.direction[i] + 3) & 3;
  else if (action === Act.right) s.direction[i] = (s.direction[i] + 1) & 3;
  else if (action === Act.done) return Verdict.goesOn;
  const front = slot.front();
  const ahead = s.grid[front];
  switch (action) {
    case Act.forward:
      if (!canEnter(ahead)) return Verdict.goesOn;
      s.x[i] += DX[s.direction[i]];
      s.y[i] += DY[s.direction[i]];
      if (typeOf(ahead) === Type.goal) return Verdict.success;
      return typeOf(ahead) === Type.lava ? Verdict.failure : Verdict.goesOn;
    case Act.pickUp:
      if (s.carrying[i] !== 0 || !canPickUp(ahead)) return Verdict.goesOn;
      s.carrying[i] = ahead;
      s.grid[front] = EMPTY;
      return Verdict.goesOn;
    case Act.drop:
      if (s.carrying[i] === 0 || ahead !== EMPTY) return Verdict.goesOn;
      s.grid[front] = s.carrying[i];
      s.carrying[i] = 0;
      return Verdict.goesOn;
    case Act.toggle:
      s.grid[front] = toggled(ahead, s.carrying[i]);
      return Verdict.goesOn;
    default:
      return Verdict.goesOn;
  }
}

/** What becomes of a cell that is toggled: doors open and close, keys unlock them, boxes give way to what they hold. */
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

/** The kernel of a world: its cursor, its blank views, and nothing else, is shared by all slots. */
function createKernel(id: string, title: string, rules: Rules): EnvKernel<Worlds, number> {
  const slot = new Slot(rules);
  const { maxSteps, seeThrough, mission } = rules;
  const channels = PLANES + mission;
  // [direction] an observation in which nothing is seen, as most of it often is: copied before the rest is written.
  const blank = [0, 1, 2, 3].map((direction) =>
    Float32Array.from({ length: VIEW * VIEW * channels }, (_, k) => (k % channels === 3 ? direction : 0)),
  );
  return {
    spec: specOf(id, title, rules),
    allocate: (n) => columns(n, rules),
    reset(s, i, rng) {
      slot.on(s, i);
      for (let k = 0; k < BUILDS; k++) {
        slot.failed = false;
        // Nowhere, so that things may lie wherever the agent stood in the last episode.
        slot.putAgent(-1, -1, 0);
        rules.build(slot, rng);
        if (!slot.failed) break;
      }
      if (slot.failed) throw new Error(`${id}: expected a level within ${BUILDS} attempts, got none`);
      s.carrying[i] = 0;
      s.steps[i] = 0;
    },
    step(s, i, given, rng, out) {
      slot.on(s, i);
      const action = rules.instead ? rules.instead(given) : given;
      const before = rules.before ? rules.before(slot, action, rng) : 0;
      let verdict = act(slot, action);
      // The mission's word goes before that of goal and lava.
      if (rules.judge) verdict = rules.judge(slot, action, before) || verdict;
      const { events } = out;
      events[event.step] = 1;
      const steps = ++s.steps[i];
      if (verdict === Verdict.goesOn) return;
      out.terminated = true;
      if (verdict === Verdict.success) {
        events[event.success] = 1;
        events[event.haste] = steps / maxSteps;
      } else events[verdict === Verdict.collision ? event.collision : event.failure] = 1;
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
    draw(s, i, list) {
      drawWorld(list, slot.on(s, i), rules);
    },
  };
}

const limit = {
  maxSteps: integer({
    label: 'Time limit',
    help: "Steps after which an episode is cut off, and over which success loses its worth; 0 is the reference's.",
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
  readonly summary: string;
  /** Fields of the world's own, beside the time limit. */
  readonly fields: F;
  /** `maxSteps` of the rules is the reference's. */
  rules(params: z.output<z.ZodObject<F>>): Rules;
}

/** A world of the family: its table is its own fields and the time limit. */
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
      return createKernel(id, family.title, given === 0 ? rules : { ...rules, maxSteps: given });
    },
  });
}

/** The field that most worlds have: the side of the grid, walls included. */
export function sizeField(standard: number, min: number, max: number): ReturnType<typeof integer> {
  return integer({
    label: 'Size',
    help: 'Side of the grid, outer walls included.',
    unit: 'cells',
    default: standard,
    min,
    max,
  });
}
