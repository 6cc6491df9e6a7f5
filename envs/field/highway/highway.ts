/**
 * Highway: drive fast on a winding road with several lanes and slower cars, which a lidar sees. After MetaCar
 * (Neveu, 2018: lidar and steering) and DeepTraffic (Fridman et al., arXiv:1801.02805: lanes and traffic),
 * with discrete or continuous control.
 */
import { z } from 'zod';
import { choice, integer, json, number } from '#core/config.ts';
import { defineEnv, type ActionSpec, type EnvKernel, type EnvSpec } from '#core/env.ts';
import { rayToBox } from '../rays.ts';
import { compileRoad, roadSchema } from './circuit.ts';
import { drawHighway } from './draw.ts';
import { bendAt, type Course } from './course.ts';
import { HALF_LENGTH, HALF_WIDTH, LANE, laneCentre, laneOf } from './road.ts';
import { columns, driveTraffic, fillRoad, touches, type Cars, type Road } from './traffic.ts';

const params = z.object({
  control: choice({
    label: 'Control',
    help: 'Whether the agent chooses among five actions (discrete) or sets steering and pedal from −1 to 1 (continuous).',
    options: ['discrete', 'continuous'],
    default: 'discrete',
  }),
  lanes: integer({
    label: 'Lanes',
    help: 'Number of lanes of the road, all in the same direction.',
    default: 4,
    min: 2,
    max: 7,
  }),
  cars: integer({
    label: 'Cars',
    help: 'Number of other cars around the agent: more make it harder to pass.',
    default: 14,
    min: 0,
    max: 40,
  }),
  curves: number({
    label: 'Curves',
    help: 'Curvature of the sharpest curve: 0 for a straight road, 0.02 for a radius of 50 m. A road of your own has its own curves.',
    unit: '1/m',
    default: 0.01,
    min: 0,
    max: 0.03,
  }),
  road: json(roadSchema, {
    label: 'Road',
    help: 'The middle of a circuit of your own: control points [x, y] (m, y down) of a closed B-spline. None: a winding road, new in every episode.',
    default: [],
    expected: 'at most 64 points [x, y] in metres',
    circuit: true,
  }),
  maxSteps: integer({
    label: 'Time limit',
    help: 'Steps of 0.1 s after which an episode is truncated; off lets it run until a crash.',
    unit: 'steps',
    default: 600,
    off: 0,
    min: 0,
    max: 1_000_000,
  }),
});

const DT = 0.1; // s
const TOP_SPEED = 32; // m/s
const START_SPEED = 18; // m/s
const PEDAL = 5; // m/s², at full throttle or brake
/** Greatest rate of turning, and the sideways acceleration at which the tyres slip. */
const TURN = 0.6; // rad/s
const GRIP = 8; // m/s²
const MAX_HEADING = 1.2; // rad against the road

/** Rays of the lidar, from left to right and denser ahead, and their reach. */
const LIDAR = 13;
const REACH = 70; // m
const ANGLES = Float64Array.from({ length: LIDAR }, (_, k) => {
  const side = (k - (LIDAR - 1) / 2) / ((LIDAR - 1) / 2);
  return Math.sign(side) * 1.57 * side * side;
});
/**
 * Distances ahead (m) at which the observation tells the road's curvature, and its numbers about the agent's
 * own car.
 */
const PREVIEW = [0, 20, 45] as const;
const OWN = 4;

const STEER = [0, -1, 1, 0, 0] as const;
const GAS = [0, 0, 0, 1, -1] as const;

const event = { speed: 0, crash: 1, offRoad: 2, overtaking: 3, lane: 4 } as const;

/** [LIDAR] unit directions of the rays that are cast now. */
const rayX = new Float64Array(LIDAR);
const rayY = new Float64Array(LIDAR);
const agent = { lane: 0, speed: 0, moved: 0 };

function specOf(p: z.output<typeof params>): EnvSpec {
  const discrete: ActionSpec = { kind: 'discrete', names: ['coast', 'left', 'right', 'faster', 'slower'] };
  const wheel: ActionSpec = { kind: 'box', low: [-1, -1], high: [1, 1] };
  return {
    id: 'highway',
    version: 1,
    title: 'Highway',
    observation: { kind: 'vector', shape: [2 * LIDAR + OWN + PREVIEW.length] },
    quantities: ['speed', 'heading', 'across', 'inLane'],
    action: p.control === 'discrete' ? discrete : wheel,
    rewards: [
      { id: 'speed', label: 'Speed', weight: 0.1, help: 'Speed along the road, divided by the top speed.' },
      { id: 'crash', label: 'Crash', weight: -5, help: '1 when the car touches another one.' },
      { id: 'off-road', label: 'Off road', weight: -5, help: '1 when a wheel leaves the road.' },
      {
        id: 'overtaking',
        label: 'Overtaking',
        weight: 0,
        help: 'Cars overtaken minus cars that overtook the agent.',
      },
      {
        id: 'lane',
        label: 'Lane',
        weight: 0,
        help: 'Distance from the middle of the lane, divided by half its width.',
      },
    ],
    maxSteps: p.maxSteps,
    fps: 10,
    keys:
      p.control === 'discrete'
        ? { ArrowLeft: 1, ArrowRight: 2, ArrowUp: 3, ArrowDown: 4 }
        : { ArrowLeft: 0, ArrowRight: 1, ArrowDown: 2, ArrowUp: 3 },
  };
}

/** Moves the agent: the pedal changes its speed, and the wheel its heading as far as the tyres grip. */
function drive(c: Cars, i: number, steer: number, gas: number, course: Course): void {
  const speed = Math.min(TOP_SPEED, Math.max(3, c.ownSpeed[i] + DT * PEDAL * gas));
  const bend = bendAt(c, i, c.s[i], course);
  // Inside a bend, a metre driven is more than a metre along the middle of the road.
  const along = (speed * Math.cos(c.heading[i])) / (1 - c.d[i] * bend);
  const turn = steer * Math.min(TURN, GRIP / speed);
  const heading = c.heading[i] + DT * (turn - bend * along);
  c.d[i] += DT * speed * Math.sin(c.heading[i]);
  c.s[i] += DT * along;
  c.heading[i] = Math.min(MAX_HEADING, Math.max(-MAX_HEADING, heading));
  c.ownSpeed[i] = speed;
  agent.moved = DT * along;
  agent.speed = along;
}

/** The kernel; the half width of the road and the number of cars are fixed for its life. */
function create(p: z.output<typeof params>): EnvKernel<Cars> {
  const road: Road = { cars: p.cars, lanes: p.lanes };
  const course: Course = {
    curves: p.curves,
    circuit: p.road.length > 0 ? compileRoad(p.road) : undefined,
  };
  const half = (p.lanes * LANE) / 2;

  /**
   * Writes, per ray, distance over reach and how fast the car it hits moves away (−1 … 1). The road counts as
   * straight.
   */
  function lidar(c: Cars, i: number, into: Float32Array, offset: number): void {
    for (let k = 0; k < LIDAR; k++) {
      rayX[k] = Math.cos(c.heading[i] + ANGLES[k]);
      rayY[k] = Math.sin(c.heading[i] + ANGLES[k]);
      const edge = Math.max(0, rayY[k] > 0 ? half - c.d[i] : half + c.d[i]);
      into[offset + 2 * k] = Math.min(1, edge / Math.max(1e-9, Math.abs(rayY[k])) / REACH);
      into[offset + 2 * k + 1] = 0;
    }
    for (let car = i * p.cars; car < (i + 1) * p.cars; car++) {
      const x = c.ahead[car];
      // Most cars are out of reach.
      if (Math.abs(x) > REACH + HALF_LENGTH) continue;
      const y = laneCentre(c.lane[car], p.lanes) - c.d[i];
      for (let k = 0; k < LIDAR; k++) {
        const to =
          rayToBox(rayX[k], rayY[k], x - HALF_LENGTH, y - HALF_WIDTH, x + HALF_LENGTH, y + HALF_WIDTH) /
          REACH;
        if (to >= into[offset + 2 * k]) continue;
        into[offset + 2 * k] = to;
        into[offset + 2 * k + 1] = (c.speed[car] - c.ownSpeed[i]) / TOP_SPEED;
      }
    }
  }

  return {
    spec: specOf(p),
    allocate: (n) => columns(n, p.cars),
    reset(c, i, rng) {
      c.s[i] = 0;
      c.d[i] = laneCentre(rng.integer(p.lanes), p.lanes);
      c.heading[i] = 0;
      c.ownSpeed[i] = START_SPEED;
      c.phase[2 * i] = rng.uniform() * 2 * Math.PI;
      c.phase[2 * i + 1] = rng.uniform() * 2 * Math.PI;
      // Anywhere on a circuit.
      if (course.circuit) c.s[i] = (c.phase[2 * i] / (2 * Math.PI)) * course.circuit.length;
      fillRoad(c, i, road, rng);
    },
    step(c, i, action, rng, out) {
      const wheel = typeof action === 'number' ? STEER[action] : Math.min(1, Math.max(-1, action[0]));
      const gas = typeof action === 'number' ? GAS[action] : Math.min(1, Math.max(-1, action[1]));
      drive(c, i, wheel, gas, course);
      // The traffic reacts to the agent's new position.
      agent.lane = laneOf(c.d[i], p.lanes);
      const overtaken = driveTraffic(c, i, road, agent, rng);
      const { events } = out;
      events[event.speed] = agent.speed / TOP_SPEED;
      events[event.overtaking] = overtaken;
      events[event.lane] = Math.abs(c.d[i] - laneCentre(agent.lane, p.lanes)) / (LANE / 2);
      if (Math.abs(c.d[i]) > half - HALF_WIDTH) events[event.offRoad] = 1;
      else if (touches(c, i, road, c.d[i])) events[event.crash] = 1;
      out.terminated = events[event.offRoad] + events[event.crash] > 0;
    },
    // [2 × LIDAR + OWN + PREVIEW]; all but the heading (rad) is scaled to about −1 … 1
    observe(c, i, into, offset) {
      lidar(c, i, into, offset);
      let at = offset + 2 * LIDAR;
      into[at++] = c.ownSpeed[i] / TOP_SPEED;
      into[at++] = c.heading[i];
      into[at++] = c.d[i] / half;
      into[at++] = (c.d[i] - laneCentre(laneOf(c.d[i], p.lanes), p.lanes)) / (LANE / 2);
      for (const metres of PREVIEW) into[at++] = bendAt(c, i, c.s[i] + metres, course) * 50;
    },
    // Scaled as they are observed.
    measure(c, i, into) {
      into[0] = c.ownSpeed[i] / TOP_SPEED;
      into[1] = c.heading[i];
      into[2] = c.d[i] / half;
      into[3] = (c.d[i] - laneCentre(laneOf(c.d[i], p.lanes), p.lanes)) / (LANE / 2);
    },
    draw(c, i, list) {
      drawHighway(list, c, i, road, course);
    },
  };
}

export const highway = defineEnv({
  id: 'highway',
  title: 'Highway',
  group: 'field',
  summary: 'Drive fast on a winding road among slower cars, with a lidar.',
  params,
  create,
});
