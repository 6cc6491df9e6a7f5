/** What a policy is: arrows over FrozenLake, from none to those of an agent that has learned. */
import type { Lesson } from '../lesson.ts';

/** Left of the first hole, and below the start. */
const BESIDE_HOLE = 4;
const LEFT = 0;
/** From here on the agent is seen to cross the lake: 0.54 of its episodes reach the goal after so many steps. */
const LEARNED = 40_000;

const SETUP = 'world=frozen-lake&agent=q-learning&agent.epsilonSteps=20000&seed=1';

export const policy: Lesson = {
  title: 'What is a policy?',
  summary: 'States, actions and a rule that leads from one to the other, on slippery ice.',
  link: `${SETUP}&speed=16`,
  steps: [
    {
      title: 'States and actions',
      text: 'The agent has to cross the lake to the goal and knows nothing but the number of its cell: the state. It answers with one of four actions, and on this ice only one move in three goes where it should; the others slip to one of the two sides.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'do',
        ask: 'Watch ten episodes.',
        done: ({ episodes }, since) => episodes >= since.episodes + 10,
      },
    },
    {
      title: 'A rule for every state',
      text: 'A policy π(a | s) says how likely each action is in each state. It is drawn as arrows, the longer the more likely: where nothing has been learned yet, all four are alike.',
      at: { kind: 'overlay', overlay: 'policy' },
      task: { kind: 'do', ask: 'Switch on the policy.', done: (now) => now.shows('policy') },
    },
    {
      title: 'Where the arrows come from',
      text: 'Q(s, a) is the return that the agent expects if it takes action a in state s. The greedy policy takes the action with the largest Q, and Q-learning improves Q with every step.',
      at: { kind: 'overlay', overlay: 'actions' },
      task: { kind: 'do', ask: 'Switch on Q.', done: (now) => now.shows('actions') },
    },
    {
      title: 'Beside a hole',
      text: 'The cell below the start has a hole to its right. The goal is down and to the right, and the ice may carry every move to a side.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'predict',
        question: 'Which way will the policy go in the cell below the start?',
        answers: ['Left, into the edge', 'Down, past the hole', 'Up, back to the start'],
        link: `${SETUP}&speed=turbo&show=actions,policy`,
        verdict(now) {
          const action = now.actionIn(BESIDE_HOLE, LEARNED);
          if (action === undefined) return undefined;
          const name = ['left', 'down', 'right', 'up'][action];
          return {
            answer: action === LEFT ? 0 : action === 3 ? 2 : 1,
            said: `After ${LEARNED / 1000},000 steps the arrow points ${name}. A move to the left slips up, down, or stays: it can never end in the hole, and sooner or later it slips down. A policy need not point at the goal to lead there.`,
          };
        },
      },
    },
    {
      title: 'Another world, another policy',
      text: 'On ice that does not slip, the same cell has no need for such care. Parameters of a world take effect with a reset.',
      at: { kind: 'field', section: 'world', key: 'slippery' },
      task: {
        kind: 'do',
        ask: 'Switch Slippery off, reset (↺ or R), and set the speed to turbo until the arrow beside the hole points down.',
        done: (now) => now.setting('world', 'slippery') === 'false' && now.actionIn(BESIDE_HOLE) === 1,
      },
    },
    {
      title: 'In your own words',
      text: 'Look at the arrows once more before you answer.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'check',
        question: 'What is a policy?',
        answers: [
          {
            answer: 'The shortest way from the start to the goal',
            feedback:
              'A way says nothing about the cell that the ice carries you to. A policy has an answer for every state.',
          },
          {
            answer: 'A rule that gives the probability of each action in every state',
            feedback: 'π(a | s). It may be drawn as arrows, kept in a table, or be the output of a network.',
            right: true,
          },
          {
            answer: 'The reward that the agent gets in every state',
            feedback: 'Rewards come from the world. The policy is what the agent does to get them.',
          },
        ],
      },
    },
  ],
};
