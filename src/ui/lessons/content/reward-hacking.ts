/** Reward hacking: a well-meant coin on the way, which pays more than arriving. */
import { figure } from '../../state/values.ts';
import type { Lesson } from '../lesson.ts';

/** A coin in the middle of the way to the goal. Going in and out of it pays 0.2 every second step. */
const LEVEL = JSON.stringify({
  rows: ['S......', '.##.##.', '.......', '.##.##.', '......G'],
  rewards: [{ x: 3, y: 2, reward: 0.2 }],
  wind: [],
  teleporters: [],
});
/** Steps after which tests/unit/lessons.test.ts finds both agents settled. */
const LEARNED = 30_000;
/** Steps of an episode that the time limit ends, and of one that goes straight to the goal, exploring now and then. */
const LIMIT = 100;
const DIRECT = 20;

function setup(cell: number, speed: string): string {
  const link = new URLSearchParams({ world: 'grid-world', 'world.level': LEVEL, agent: 'q-learning' });
  link.set('reward.cell', String(cell));
  link.set('show', 'policy');
  link.set('seed', '1');
  link.set('speed', speed);
  return link.toString();
}

export const rewardHacking: Lesson = {
  title: 'Reward hacking',
  summary: 'A well-meant bonus, and an agent that takes it at its word.',
  link: setup(0, '16'),
  steps: [
    {
      title: 'What we want',
      text: 'The agent is to reach the goal: that pays 1, and every step costs 0.01. The coin on the way pays nothing yet.',
      at: { kind: 'part', part: 'speed' },
      task: {
        kind: 'do',
        ask: 'Set the speed to turbo until episodes take fewer than 20 steps on average.',
        done: (now) => now.meanLength < DIRECT,
      },
    },
    {
      title: 'A helping hand',
      text: 'It found the goal by itself, but the first episodes took a long time. So let us reward it for being halfway. The coin is marked with 0.2, and Cell is the weight of such marks: with 1, entering the coin’s cell pays 0.2.',
      at: { kind: 'field', section: 'reward', key: 'cell' },
      task: {
        kind: 'predict',
        question: 'What will the agent learn with the coin?',
        answers: [
          'To fetch the coin, then go to the goal',
          'To go to the goal as before',
          'To stay with the coin',
        ],
        link: setup(1, 'turbo'),
        verdict(now) {
          if (now.steps < LEARNED) return undefined;
          const { meanLength: length, meanReturn } = now;
          return {
            answer: length > 0.8 * LIMIT ? 2 : length > DIRECT ? 0 : 1,
            said: `Episodes take ${figure(length)} steps of at most ${LIMIT}, and the mean return is ${figure(meanReturn)}, far above the 1.1 of fetching the coin once and going on. Stepping in and out of the coin’s cell pays again and again; arriving would end it.`,
          };
        },
      },
    },
    {
      title: 'By the score, a success',
      text: 'Look at the curve alone, and this is the best agent so far. Now look at what it does.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'do',
        ask: 'Watch an episode to its end.',
        done: ({ episodes, speed }, since) => speed !== 'turbo' && episodes >= since.episodes + 2,
      },
    },
    {
      title: 'Who is at fault?',
      text: 'The agent never reaches the goal, and its return is some nine times that of the one that does.',
      at: { kind: 'part', part: 'curves' },
      task: {
        kind: 'check',
        question: 'What is wrong with this agent?',
        answers: [
          {
            answer: 'It has not explored enough',
            feedback:
              'It knows the way to the goal well enough. More exploring would only find the loop sooner.',
          },
          {
            answer: 'Nothing: it maximises the reward that it was given',
            feedback:
              'The reward is what is wrong. It was meant to stand for arriving, and pays for something else.',
            right: true,
          },
          {
            answer: 'Its discount γ is too small',
            feedback: 'A larger γ makes the loop worth more, since it goes on for ever.',
          },
        ],
      },
    },
    {
      title: 'Pay for what you want',
      text: 'Rewards can be changed while the agent learns, but old habits die hard. A reset begins with an empty table.',
      at: { kind: 'field', section: 'reward', key: 'cell' },
      task: {
        kind: 'do',
        ask: 'Set Cell back to 0, reset (↺ or R), and see it reach the goal again: fewer than 20 steps on average, at turbo.',
        done: (now, since) =>
          now.run !== since.run && now.value('reward', 'cell') === 0 && now.meanLength < DIRECT,
      },
    },
    {
      title: 'A hint that cannot be hacked',
      text: 'Hints are still possible. “Add to the reward” offers potential-based shaping, F = γ Φ(s′) − Φ(s): it pays for coming closer and takes it back for moving away.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'check',
        question: 'Why does no loop pay under potential-based shaping?',
        answers: [
          { answer: 'Because Φ is small', feedback: 'Its size does not matter. The coin was small as well.' },
          {
            answer: 'Because around a loop, gains and losses of Φ cancel',
            feedback:
              'Whoever returns to a state has gained nothing on the way, up to γ. No optimal policy changes (Ng, Harada & Russell 1999).',
            right: true,
          },
          {
            answer: 'Because it is added only once per episode',
            feedback: 'It is added at every step, which is what makes it helpful.',
          },
        ],
      },
    },
  ],
};
