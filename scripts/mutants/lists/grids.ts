/** Mutants of the grid worlds, MiniGrid included. */
import type { FileChanges } from '../mutant.ts';

export const grids: readonly FileChanges[] = [
  {
    file: 'envs/grid/blackjack/blackjack.ts',
    tests: ['golden/worlds -t blackjack', 'unit/envs-grid-tabular -t blackjack'],
    changes: [
      {
        find: 's.dealerCards[i]) < 17)',
        replace: 's.dealerCards[i]) <= 17)',
        why: 'the dealer draws at 17',
      },
      {
        find: 'sum <= 11 && hasAce',
        replace: 'sum < 11 && hasAce',
        why: 'an ace with 10 others counts 11 instead of 21',
      },
      {
        find: 'if (wins && special && natural && !sab)',
        replace: 'if (wins && special && natural)',
        why: 'naturals pay more under the rules of the book too',
        tests: ['golden/worlds -t blackjack', 'unit/envs-grid-tabular', 'contract/env-effects'],
      },
    ],
  },
  {
    file: 'envs/grid/cliff-walking/cliff-walking.ts',
    tests: ['golden/worlds -t cliff', 'unit/envs-grid-tabular'],
    changes: [
      {
        find: 'return cell > START && cell < GOAL;',
        replace: 'return cell > START + 1 && cell < GOAL;',
        why: 'the cliff begins a cell late',
      },
      {
        find: '(action + 3 + rng.integer(3)) & 3',
        replace: '(action + rng.integer(3)) & 3',
        why: 'slipping may turn back',
        tests: ['unit/envs-grid-tabular', 'contract/env-model -t cliff'],
      },
    ],
  },
  {
    file: 'envs/grid/frozen-lake/frozen-lake.ts',
    tests: ['golden/worlds -t frozen', 'unit/envs-grid-tabular'],
    changes: [
      {
        find: 'u < p.successRate + toSide ? 1 : 3',
        replace: 'u < p.successRate + toSide ? 1 : 2',
        why: 'slipping may turn back',
      },
      {
        find: '(1 - p.successRate) / 2',
        replace: '1 - p.successRate',
        why: 'probabilities do not add up to one',
      },
    ],
  },
  {
    file: 'envs/grid/taxi/taxi.ts',
    tests: ['golden/worlds -t taxi', 'unit/envs-grid-taxi'],
    changes: [
      {
        find: 'STANDS[destination] === cell ? destination : standOn(cell)',
        replace: 'STANDS[destination] === cell ? destination : -1',
        why: 'a passenger cannot be let out at another stand',
      },
      {
        find: 's.fickle[i] = 0;',
        replace: '',
        why: 'a fickle passenger changes the destination at every move',
      },
      {
        find: 'p.rainy && ahead !== cell ? drive',
        replace: 'p.rainy ? drive',
        why: 'a blocked taxi drifts in the rain',
      },
    ],
  },
  {
    file: 'envs/grid/snake/snake.ts',
    tests: ['unit/envs-grid-snake'],
    changes: [
      {
        find: 'if (!eats) s.taken[base + tail] = 0;',
        replace: '',
        why: 'the snake cannot follow its tail',
      },
      {
        find: '((action + 2) & 3) === s.direction[i] ? s.direction[i] : action',
        replace: 'action',
        why: 'turning back bites the neck',
      },
      {
        find: 'rng.integer(cells - s.length[i])',
        replace: 'rng.integer(cells - s.length[i] - 1)',
        why: 'the last free cell never gets food',
      },
    ],
  },
  {
    file: 'envs/grid/grid-world/grid-world.ts',
    tests: ['unit/envs-grid-tabular', 'contract/env-model -t grid-world'],
    changes: [
      {
        find: 'u < p.slip / 2 ? 1 : 3',
        replace: 'u < p.slip / 2 ? 1 : 2',
        why: 'slipping may turn back',
      },
      {
        find: '(end === GOAL ? 1 : end === PIT ? -1 : 0) - 0.01 + gain[move]',
        replace: '(end === GOAL ? 1 : end === PIT ? -1 : 0) + gain[move]',
        why: 'the model does not know what a step costs',
      },
    ],
  },
  {
    file: 'envs/grid/minigrid/engine.ts',
    tests: ['unit/envs-grid-minigrid-rules', 'golden/worlds -t minigrid/'],
    changes: [
      {
        find: 'typeOf(carrying) === Type.key && hueOf(carrying) === hue',
        replace: 'typeOf(carrying) === Type.key',
        why: 'any key opens any door',
      },
      {
        find: 'events[event.haste] = steps / maxSteps;',
        replace: 'events[event.haste] = (steps - 1) / maxSteps;',
        why: 'success pays more than in the reference',
      },
      {
        find: 's.direction[i] = (s.direction[i] + 3) & 3',
        replace: 's.direction[i] = (s.direction[i] + 1) & 3',
        why: 'left turns right',
      },
      {
        find: 'if (s.carrying[i] !== 0 || !canPickUp(ahead))',
        replace: 'if (!canPickUp(ahead))',
        why: 'picking up a second thing destroys the first',
      },
    ],
  },
  {
    file: 'envs/grid/minigrid/view.ts',
    tests: ['golden/worlds -t minigrid/', 'unit/envs-grid-minigrid-rules'],
    changes: [
      {
        find: 'const right = -DY[d] + DX[d] * stride;',
        replace: 'const right = DY[d] - DX[d] * stride;',
        why: 'the view is mirrored',
      },
      {
        find: 'ahead |= 3 << i;',
        replace: 'ahead |= 1 << i;',
        why: 'light does not reach diagonally',
      },
    ],
  },
  {
    file: 'envs/grid/minigrid/levels/dynamic-obstacles.ts',
    tests: ['golden/worlds -t dynamic-obstacles'],
    changes: [
      {
        find: 'const ahead = slot.s.grid[slot.front()];\n        for (let k = 0; k < balls; k++) wander(slot, k, rng);',
        replace:
          'for (let k = 0; k < balls; k++) wander(slot, k, rng);\n        const ahead = slot.s.grid[slot.front()];',
        why: 'collisions are judged after the balls have moved',
      },
    ],
  },
  {
    file: 'envs/grid/minigrid/levels/memory.ts',
    tests: ['unit/envs-grid-minigrid-rules'],
    changes: [
      {
        find: 'const side = first === above ? -1 : 1;',
        replace: 'const side = first === above ? 1 : -1;',
        why: 'the other object is the right one',
      },
    ],
  },
];
