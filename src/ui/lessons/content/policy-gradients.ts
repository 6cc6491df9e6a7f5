/** Policy gradients: PPO's probabilities instead of values, their entropy, and what keeps a policy from settling too soon. */
import { figure } from '../../state/values.ts';
import type { Lesson } from '../lesson.ts';

const SETUP = 'world=cart-pole&agent=ppo&seed=1';
const ENTROPY = 'train/entropy';
/** Entropy of two actions that are alike. */
const MOST = Math.log(2);
/** By then the policy balances: mean return 244 and entropy 0.55 with this seed. */
const LEARNED = 40_000;

export const policyGradients: Lesson = {
  title: 'Policy gradients',
  summary: 'Probabilities instead of values: what pays gets more likely, and randomness fades.',
  link: `${SETUP}&speed=16`,
  steps: [
    {
      title: 'A policy made of probabilities',
      text: 'PPO’s network gives π(a | s) itself: the bars are probabilities and add up to 1. The action is drawn from them, so it explores without an ε.',
      at: { kind: 'part', part: 'bars' },
      task: {
        kind: 'do',
        ask: 'Watch five episodes.',
        done: ({ episodes }, since) => episodes >= since.episodes + 5,
      },
    },
    {
      title: 'Actor and critic',
      text: 'The policy gradient raises the probability of actions that turned out better than expected, in proportion to their advantage. What was to be expected is V(s), which a second network learns: the critic.',
      at: { kind: 'part', part: 'network' },
      task: { kind: 'do', ask: 'Open the Network tab and find both.', done: ({ tab }) => tab === 'network' },
    },
    {
      title: 'How sure it is',
      text: 'Entropy measures how random a policy is: 0 if one action is certain, ln 2 = 0.69 if two are alike. It begins there.',
      at: { kind: 'part', part: 'bars' },
      task: {
        kind: 'predict',
        question: `Which way does the entropy go in ${LEARNED / 1000},000 steps of learning?`,
        answers: ['Down', 'It stays at 0.69', 'Up'],
        link: `${SETUP}&speed=turbo`,
        verdict(now) {
          const entropy = now.metric(ENTROPY);
          if (now.steps < LEARNED || Number.isNaN(entropy)) return undefined;
          return {
            answer: entropy < MOST - 0.03 ? 0 : entropy <= MOST ? 1 : 2,
            said: `It is ${figure(entropy)} now, and the mean return is ${figure(now.meanReturn)}. Whatever pays gets more likely, so the policy commits itself. Too early, and it settles on something poor and no longer tries the rest.`,
          };
        },
      },
    },
    {
      title: 'Fresh data only',
      text: 'After every update PPO throws its rollout away and gathers a new one. DQN keeps what it has seen for thousands of steps.',
      at: { kind: 'part', part: 'curves' },
      task: {
        kind: 'check',
        question: 'Why does PPO not learn from a replay buffer?',
        answers: [
          {
            answer: 'The gradient holds for the policy that acted, and that one is gone',
            feedback:
              'It is on-policy: its gradient is an expectation over what the present policy does. The ratio of old and new probabilities corrects for a few epochs, and the clip range keeps it near 1.',
            right: true,
          },
          {
            answer: 'A buffer would take too much memory',
            feedback: 'DQN’s has 50,000 transitions of four numbers each: a few megabytes.',
          },
          {
            answer: 'It learns no values, so it has no use for rewards',
            feedback: 'It does: its critic learns V(s) from them, and the advantages are made of both.',
          },
        ],
      },
    },
    {
      title: 'Paid for being random',
      text: 'The entropy coefficient adds the entropy to what the policy is improved by. A little keeps it exploring; a lot makes it hesitate.',
      at: { kind: 'field', section: 'agent', key: 'entropyCoefficient' },
      task: {
        kind: 'do',
        ask: 'Raise the entropy coefficient to 0.5 or more.',
        done: (now) => now.value('agent', 'entropyCoefficient') >= 0.5,
      },
    },
    {
      title: 'It hesitates',
      text: 'The bars draw closer, the entropy rises again, and the mean return falls: many of its pushes are left to chance.',
      at: { kind: 'part', part: 'curves' },
      task: {
        kind: 'do',
        ask: 'Wait until the entropy is above 0.6; a higher speed helps.',
        done: (now) => now.metric(ENTROPY) > 0.6,
      },
    },
  ],
};
