/** The discount: a small goal nearby or a large one far away, as γ decides. */
import { figure } from '../../state/values.ts';
import type { Lesson } from '../lesson.ts';

/** Two steps to the left a goal is worth 1, seven to the right one is worth 5: its own 1 and a coin of 4. */
const LEVEL = JSON.stringify({
  rows: ['..........', 'G.S......G', '..........'],
  rewards: [{ x: 9, y: 1, reward: 4 }],
  wind: [],
  teleporters: [],
});
const START = 12;
const RIGHT = 1;
const LEFT = 3;
/** Above the γ at which the policy turns: 5 γ⁶ = γ, so γ = 0.725; the steps, which cost 0.01 each, hardly move it. */
const SOON_AFTER = 0.8;

function setup(gamma: number): string {
  const link = new URLSearchParams({ world: 'grid-world', 'world.level': LEVEL, agent: 'value-iteration' });
  link.set('agent.gamma', String(gamma));
  link.set('show', 'values,policy');
  link.set('seed', '1');
  return link.toString();
}

export const discount: Lesson = {
  title: 'Discount',
  summary: 'A small reward soon or a large one later: γ decides, and with it the whole policy.',
  link: `${setup(0.99)}&speed=4`,
  steps: [
    {
      title: 'Two goals',
      text: 'The goal on the left is two steps away and worth 1. The one on the right is seven steps away and, with its coin, worth 5. This agent plans with the world’s model, by value iteration, so it need not explore.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'do',
        ask: 'Watch where it goes, three times.',
        done: ({ episodes }, since) => episodes >= since.episodes + 3,
      },
    },
    {
      title: 'What later is worth',
      text: 'A reward k steps later counts γᵏ as much. At 0.99 the large goal is still worth 5 · 0.99⁶ = 4.71 at the start; at 0.9 it is 5 · 0.9⁶ = 2.66.',
      at: { kind: 'field', section: 'agent', key: 'gamma' },
      task: {
        kind: 'do',
        ask: 'Move Discount γ to 0.9 and watch V(s) fade with the distance.',
        done: (now) => Math.abs(now.value('agent', 'gamma') - 0.9) < 0.02,
      },
    },
    {
      title: 'An impatient agent',
      text: 'At 0.9 it still goes to the right. Now γ will be 0.5: every step halves what is to come.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'predict',
        question: 'Which way does the arrow at the start point with γ = 0.5?',
        answers: [
          'Right: 5 is more than 1',
          'Left: 1 soon is worth more',
          'Neither: both are worth the same',
        ],
        link: `${setup(0.5)}&speed=4`,
        verdict(now) {
          // So many sweeps as the farthest cell is away.
          const action = now.actionIn(START, 20);
          if (action === undefined) return undefined;
          const gamma = now.value('agent', 'gamma');
          return {
            answer: action === RIGHT ? 0 : action === LEFT ? 1 : 2,
            said: `Seen from the start, the left goal is worth ${figure(gamma)} and the right one 5 · ${figure(gamma)}⁶ = ${figure(5 * gamma ** 6)}. The world has not changed: another γ is another problem, with another optimal policy.`,
          };
        },
      },
    },
    {
      title: 'Where it turns',
      text: 'Between 0.5 and 0.9 there is a γ at which both goals are worth the same. The planner follows γ while it runs.',
      at: { kind: 'field', section: 'agent', key: 'gamma' },
      task: {
        kind: 'do',
        ask: `Raise γ until the arrow at the start turns to the right, and not above ${SOON_AFTER}.`,
        done: (now) => now.actionIn(START) === RIGHT && now.value('agent', 'gamma') <= SOON_AFTER,
      },
    },
    {
      title: 'By hand',
      text: 'The left goal is reached by the second step from the start, the right one by the seventh.',
      at: { kind: 'field', section: 'agent', key: 'gamma' },
      task: {
        kind: 'check',
        question: 'Which equation gives the γ at which the policy turns?',
        answers: [
          {
            answer: '5 γ = 1',
            feedback:
              'That would be a goal worth 5 one step later than one worth 1. These two are five steps apart.',
          },
          {
            answer: '5 γ⁶ = γ',
            feedback:
              'A reward at the end of step k + 1 counts γᵏ: γ for the left goal, 5 γ⁶ for the right one. So γ⁵ = 0.2, and γ = 0.725.',
            right: true,
          },
          {
            answer: '5 (1 − γ) = 1',
            feedback: '1 / (1 − γ) is the worth of 1 at every step for ever. Here each goal pays once.',
          },
        ],
      },
    },
    {
      title: 'How far it looks',
      text: '1 / (1 − γ) is about how many steps ahead still count: 2 at 0.5, 10 at 0.9, 100 at 0.99. Longer tasks need a γ closer to 1, and learn more slowly for it.',
      at: { kind: 'field', section: 'agent', key: 'gamma' },
      task: {
        kind: 'do',
        ask: 'Move γ to 0.99 or above and see how evenly V(s) spreads.',
        done: (now) => now.value('agent', 'gamma') >= 0.985,
      },
    },
  ],
};
