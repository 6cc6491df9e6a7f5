/** Mutants of the arcade games and the field worlds. */
import type { FileChanges } from '../mutant.ts';

export const arcade: readonly FileChanges[] = [
  {
    file: 'envs/arcade/arcade.ts',
    tests: ['golden/worlds -t minatar/breakout', 'unit/arcade-rules'],
    changes: [
      {
        find: 'rng.uniform() < stickyActions',
        replace: 'rng.uniform() > stickyActions',
        why: 'actions stick nine times in ten',
      },
      {
        find: 'if (ended[i] === 0) return code;',
        replace: 'if (ended[i] >= 0) return code;',
        why: 'a game goes on after its end',
      },
    ],
  },
  {
    file: 'envs/arcade/breakout/breakout.ts',
    tests: ['unit/arcade-rules', 'golden/worlds -t minatar/breakout'],
    changes: [
      {
        find: 'if (!touches) s.strike[i] = 0;',
        replace: 's.strike[i] = 0;',
        why: 'the ball does not pass over the next brick',
      },
      {
        find: 'if (oldX !== paddle) s.dx[i] = -s.dx[i];',
        replace: '',
        why: 'the edge of the paddle does not turn the ball back',
      },
    ],
  },
  {
    file: 'envs/arcade/asterix/asterix.ts',
    tests: ['unit/arcade-rules', 'golden/worlds -t minatar/asterix'],
    changes: [
      {
        find: 'rng.uniform() < 1 / 3 ? GOLD : ENEMY',
        replace: 'rng.uniform() < 1 / 3 ? ENEMY : GOLD',
        why: 'there is twice as much gold as enemies',
      },
      {
        find: 'met |= meet(s, i, x, y);',
        replace: '',
        why: 'things that move onto the player pass through',
      },
    ],
  },
  {
    file: 'envs/arcade/freeway/freeway.ts',
    tests: ['unit/arcade-rules', 'golden/worlds -t minatar/freeway'],
    changes: [
      {
        find: 'if (--s.clock[i] < 0)',
        replace: 'if (--s.clock[i] <= 0)',
        why: 'a game lasts 2500 steps instead of 2501',
      },
    ],
  },
  {
    file: 'envs/arcade/seaquest/seaquest.ts',
    tests: ['unit/arcade-seaquest', 'golden/worlds -t minatar/seaquest'],
    changes: [
      {
        find: 'if (s.aboard[i] === 0) {',
        replace: 'if (s.aboard[i] <= 0) {',
        why: 'surfacing with −1 divers loses, unlike in the reference',
      },
      {
        find: '(before & CELL) === here || (bullet & CELL) === here',
        replace: '(bullet & CELL) === here',
        why: 'a bullet that is already there does not hit',
      },
    ],
  },
  {
    file: 'envs/arcade/space-invaders/space-invaders.ts',
    tests: ['unit/arcade-rules', 'golden/worlds -t minatar/space-invaders'],
    changes: [
      {
        find: 'if (ramping && s.interval[i] > LAST_MOVE_INTERVAL)',
        replace: 'if (s.interval[i] > LAST_MOVE_INTERVAL)',
        why: 'waves get faster without ramping',
      },
      {
        find: 'Math.min(count, s.interval[i])',
        replace: 's.interval[i]',
        why: 'few aliens are as slow as many',
      },
    ],
  },
  {
    file: 'envs/arcade/pong/pong.ts',
    tests: ['unit/arcade-rules'],
    changes: [
      {
        find: 's.dy[i] = y === paddle ? -1 : 1;',
        replace: 's.dy[i] = y === paddle ? 1 : -1;',
        why: 'shots are aimed the wrong way',
      },
      {
        find: 'const score = atOwn ? s.lost : s.won;',
        replace: 'const score = atOwn ? s.won : s.lost;',
        why: 'points go to the wrong side of the score',
      },
    ],
  },
  {
    file: 'envs/arcade/flappy/flappy.ts',
    tests: ['unit/arcade-rules'],
    changes: [
      {
        find: 'row < 0 || row >= s.gaps[here]',
        replace: 'row < 0 || row > s.gaps[here]',
        why: 'the bird may touch the lower pipe',
      },
      {
        find: 's.passed[i] >= NARROW_AFTER ? NARROW_GAP : GAP',
        replace: 's.passed[i] < NARROW_AFTER ? NARROW_GAP : GAP',
        why: 'the game gets easier with time',
      },
    ],
  },
  {
    file: 'envs/field/rays.ts',
    tests: ['unit/envs-field'],
    changes: [
      {
        find: 'if (room < 0 || along + Math.sqrt(room) < 0) return Infinity;',
        replace: 'if (room < 0) return Infinity;',
        why: 'eyes see what is behind them',
      },
      {
        find: 'enter > leave || leave < 0 ? Infinity',
        replace: 'enter > leave ? Infinity',
        why: 'rays hit boxes behind them',
      },
    ],
  },
  {
    file: 'envs/field/forager/forager.ts',
    tests: ['unit/envs-field-rules'],
    changes: [
      {
        find: 's.itemKind[at] === Seen.food ? event.food : event.poison',
        replace: 's.itemKind[at] === Seen.food ? event.poison : event.food',
        why: 'poison pays',
      },
      {
        find: 'if (!fits(x, y)) return;',
        replace: '',
        why: 'the agent walks through walls',
      },
    ],
  },
  {
    file: 'envs/field/highway/highway.ts',
    tests: ['unit/envs-field-rules'],
    changes: [
      {
        find: '(speed * Math.cos(c.heading[i])) / (1 - c.d[i] * bend)',
        replace: 'speed * Math.cos(c.heading[i])',
        why: 'the inside of a bend is not shorter',
      },
      {
        find: 'Math.min(TURN, GRIP / speed)',
        replace: 'TURN',
        why: 'tyres grip at any speed',
      },
      {
        find: 'Math.abs(c.d[i]) > half - HALF_WIDTH',
        replace: 'Math.abs(c.d[i]) > half',
        why: 'half of the car may leave the road',
      },
    ],
  },
  {
    file: 'envs/field/highway/traffic.ts',
    tests: ['unit/envs-field-rules'],
    changes: [
      {
        find: 'overtaken += wasInFront ? 1 : -1;',
        replace: 'overtaken += wasInFront ? -1 : 1;',
        why: 'being overtaken counts as overtaking',
      },
      {
        find: 'if (gap < GAP + TOUCH) target = Math.min(target, t.speed[other]);',
        replace: '',
        why: 'cars drive through slower ones',
      },
    ],
  },
  {
    file: 'envs/field/puck-world/puck-world.ts',
    tests: ['unit/envs-field-rules'],
    changes: [
      {
        find: 's.pucks[at + 2] += badX * pace;',
        replace: 's.pucks[at + 2] -= badX * pace;',
        why: 'the hunter flees',
      },
      {
        find: 'Math.max(0, 1 - bad / reach[0])',
        replace: '1 - bad / reach[0]',
        why: 'a far hunter pays',
      },
    ],
  },
  {
    file: 'envs/field/water-world/water-world.ts',
    tests: ['unit/envs-field-rules'],
    changes: [
      {
        find: 'if (s.x[i] !== x) s.vx[i] = 0;',
        replace: '',
        why: 'the agent keeps its speed at a wall',
      },
      {
        find: 's.kinds[i * items + k] === FOOD ? 0 : 1',
        replace: 's.kinds[i * items + k] === FOOD ? 1 : 0',
        why: 'poison pays',
      },
    ],
  },
];
