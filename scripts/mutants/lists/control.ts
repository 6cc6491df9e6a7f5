/** Mutants of the control worlds and of those for checks. */
import type { FileChanges } from '../mutant.ts';

export const control: readonly FileChanges[] = [
  {
    file: 'envs/control/cart-pole/cart-pole.ts',
    tests: ['golden/worlds -t cartpole'],
    changes: [
      {
        find: 'force + POLE_MOMENT * (spin * spin) * sin',
        replace: 'force - POLE_MOMENT * (spin * spin) * sin',
        why: 'the sign of the centrifugal force',
      },
      {
        find: 'tilt < -ANGLE_LIMIT || tilt > ANGLE_LIMIT',
        replace: 'tilt > ANGLE_LIMIT',
        why: 'the pole may fall to the left',
      },
    ],
  },
  {
    file: 'envs/control/acrobot/acrobot.ts',
    tests: ['golden/worlds -t acrobot'],
    changes: [
      {
        find: 'const coriolis = nips ? 0 :',
        replace: 'const coriolis = !nips ? 0 :',
        why: 'the equations of the book and of the paper are exchanged',
      },
      {
        find: 'Math.cos(s.angle2[i] + s.angle1[i]);\n  const hasArrived',
        replace: 'Math.cos(s.angle2[i]);\n  const hasArrived',
        why: 'the height of the tip ignores the first link',
      },
    ],
  },
  {
    file: 'envs/control/mountain-car/mountain-car.ts',
    tests: ['golden/worlds -t mountain-car'],
    changes: [
      {
        find: '      // The wall on the left is inelastic; like the reference, the right end has no wall.\n      if (x === MIN_X && velocity < 0) velocity = 0;',
        replace: '',
        why: 'the left wall does not stop the car',
      },
      {
        find: 'throttle * throttle',
        replace: 'force * force',
        why: 'effort beyond the range costs nothing',
        tests: ['golden/worlds -t mountain-car-continuous'],
      },
    ],
  },
  {
    file: 'envs/control/pendulum/pendulum.ts',
    tests: ['golden/worlds -t pendulum'],
    changes: [
      {
        find: 's.angle[i] = angle + next * TIME_STEP;',
        replace: 's.angle[i] = angle + spin * TIME_STEP;',
        why: 'Euler steps are explicit instead of semi-implicit',
      },
      {
        find: 'const off = wrap(angle);',
        replace: 'const off = angle;',
        why: 'a whole turn costs',
      },
    ],
  },
  {
    file: 'envs/control/lunar-lander/lunar-lander.ts',
    tests: ['unit/lunar-lander-rules', 'unit/lunar-lander'],
    changes: [
      {
        find: 'length(before[0], before[1]) - length(after[0], after[1])',
        replace: 'length(after[0], after[1]) - length(before[0], before[1])',
        why: 'coming closer is punished',
      },
      {
        find: 'after[6] + after[7] - before[6] - before[7]',
        replace: 'after[6] + after[7]',
        why: 'standing on a leg pays at every step',
      },
      {
        find: 'if (landed) events[7] = 1;',
        replace: 'if (landed) events[6] = 1;',
        why: 'a landing is paid as a crash',
      },
      {
        find: 'hitGround || Math.abs(after[0]) >= 1',
        replace: 'hitGround',
        why: 'the lander may leave to the side',
      },
    ],
  },
  {
    file: 'envs/control/lunar-lander/engines.ts',
    tests: ['unit/lunar-lander-rules', 'unit/lunar-lander'],
    changes: [
      {
        find: 'armX * y - armY * x',
        replace: 'armX * y + armY * x',
        why: 'engines turn the lander the wrong way',
      },
      {
        find: 'if (lift > 0) main = 0.5 + 0.5 * lift;',
        replace: 'if (lift > 0) main = lift;',
        why: 'the throttle begins at 0, not at half power',
      },
      {
        find: 'if (s.contact[2 * i] === 1 || s.contact[2 * i + 1] === 1) return;',
        replace: '',
        why: 'wind blows a lander that stands',
      },
    ],
  },
  {
    file: 'envs/sanity/corridor/corridor.ts',
    tests: ['unit/envs-sanity'],
    changes: [
      {
        find: 'move(s.cell[i], (action === 1) !== slips)',
        replace: 'move(s.cell[i], action === 1 && !slips)',
        why: 'a step to the left never slips',
      },
    ],
  },
  {
    file: 'envs/sanity/memory/memory.ts',
    tests: ['unit/envs-sanity'],
    changes: [
      {
        find: 'if (s.time[i]++ < delay) return;',
        replace: 'if (s.time[i]++ <= delay) return;',
        why: 'the question comes a step late',
      },
      {
        find: 's.time[i] === 0 ? 2 * s.cue[i] - 1 : 0',
        replace: '2 * s.cue[i] - 1',
        why: 'the cue is shown all the time: nothing has to be remembered',
      },
    ],
  },
  {
    file: 'envs/sanity/catch/catch.ts',
    tests: ['unit/envs-sanity'],
    changes: [
      {
        find: 'if (++s.y[i] < height - 1) return;',
        replace: 'if (++s.y[i] < height) return;',
        why: 'the ball falls a row below the board',
      },
    ],
  },
];
