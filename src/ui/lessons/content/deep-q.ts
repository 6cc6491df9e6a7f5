/** Deep Q-learning: a network in the place of the table, what it learns from, and how large its estimates can get. */
import { figure } from '../../state/values.ts';
import type { Lesson } from '../lesson.ts';

const SETUP =
  'world=cart-pole&agent=dqn&agent.gamma=0.98&agent.replaySize=50000&agent.targetEvery=200&seed=1';
/** By then its estimates have come close to their bound: 40 with this seed. */
const LEARNED = 10_000;
/** The mean of the Q that gradient steps are made with. */
const VALUE = 'train/value';

export const deepQ: Lesson = {
  title: 'Deep Q-learning',
  summary: 'A network instead of a table: what it sees, what it learns from, how large Q gets.',
  link: `${SETUP}&speed=16`,
  steps: [
    {
      title: 'No table is large enough',
      text: 'CartPole’s state is four real numbers: position and velocity of the cart, angle and angular velocity of the pole. The same four hardly ever come twice, so no table could hold them.',
      at: { kind: 'overlay', overlay: 'eye' },
      task: { kind: 'do', ask: 'Switch on the agent’s view.', done: (now) => now.shows('eye') },
    },
    {
      title: 'A network in its place',
      text: 'A network takes the four numbers and gives Q(s, a) for both actions at once. Similar states get similar values: it generalises.',
      at: { kind: 'part', part: 'network' },
      task: {
        kind: 'do',
        ask: 'Open the Network tab and see it learn.',
        done: ({ tab }) => tab === 'network',
      },
    },
    {
      title: 'How large can Q get?',
      text: 'Every step pays 1, and an episode ends after 500 steps at the latest. γ is 0.98.',
      at: { kind: 'part', part: 'bars' },
      task: {
        kind: 'predict',
        question: `What is Q on average after ${LEARNED / 1000},000 steps?`,
        answers: [
          'Hundreds, up to the 500 of an episode',
          'A few tens, below 1 / (1 − γ) = 50',
          'About 1, the reward of a step',
        ],
        link: `${SETUP}&speed=turbo`,
        verdict(now) {
          const value = now.metric(VALUE);
          if (now.steps < LEARNED || Number.isNaN(value)) return undefined;
          return {
            answer: value > 100 ? 0 : value > 5 ? 1 : 2,
            said: `Q is ${figure(value)} on average, while the mean return is ${figure(now.meanReturn)}. 1 + γ + γ² + … never gets above 1 / (1 − γ), however long the pole stands. The return on the chart is not discounted, Q is.`,
          };
        },
      },
    },
    {
      title: 'Replay',
      text: 'The agent keeps its last 50,000 transitions in a replay buffer, and makes its gradient steps with random ones of them.',
      at: { kind: 'part', part: 'curves' },
      task: {
        kind: 'check',
        question: 'Why not simply with the newest ones?',
        answers: [
          {
            answer: 'They are almost alike, and each would be used once',
            feedback:
              'Steps in a row are strongly correlated, which gradient descent copes with badly; and what was seen once can teach many times.',
            right: true,
          },
          {
            answer: 'They take too long to compute',
            feedback: 'A batch costs the same wherever its transitions come from.',
          },
          {
            answer: 'The newest ones are wrong until the episode is over',
            feedback:
              'A transition is complete after one step: state, action, reward, next state. Q-learning need not wait for the end.',
          },
        ],
      },
    },
    {
      title: 'A target that holds still',
      text: 'The targets, in their simplest form r + γ max Q(s′, a′), come from a copy of the network, the target network, which follows only every 200 steps.',
      at: { kind: 'part', part: 'numbers' },
      task: {
        kind: 'check',
        question: 'What goes wrong without the copy?',
        answers: [
          {
            answer: 'Every gradient step would move its own target',
            feedback:
              'The network would chase its own estimates, which can make them oscillate or grow without bound.',
            right: true,
          },
          { answer: 'Nothing; it saves memory', feedback: 'It costs memory: a second set of weights.' },
          {
            answer: 'The agent would no longer explore',
            feedback: 'Exploring is up to ε, and has nothing to do with the target.',
          },
        ],
      },
    },
    {
      title: 'A lower ceiling',
      text: 'γ can be changed while the agent learns. At 0.9 the ceiling of Q is 1 / (1 − 0.9) = 10.',
      at: { kind: 'field', section: 'agent', key: 'gamma' },
      task: {
        kind: 'do',
        ask: 'Move Discount γ to 0.9 and wait until Q is below 12 on average; a higher speed helps.',
        done: (now) => now.value('agent', 'gamma') <= 0.91 && now.metric(VALUE) < 12,
      },
    },
  ],
};
