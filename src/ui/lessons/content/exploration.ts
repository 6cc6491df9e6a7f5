/** Exploration and exploitation on a bandit: greedy from the first coin on, then with an ε. */
import { figure } from '../../state/values.ts';
import type { Lesson } from '../lesson.ts';

/** With this seed, greedy play settles on a machine that pays half of the time. */
const SETUP = 'world=bandit&agent=q-learning&agent.epsilonSchedule=constant&agent.epsilonStart=0&seed=7';
/** Pulls of the experiment. */
const PULLS = 1000;
/** Clearly above the mean of all machines, and below what ε = 0.1 comes to: 0.9 · 0.9 + 0.1 · 0.5 = 0.86. */
const GOOD = 0.75;

export const exploration: Lesson = {
  title: 'Exploration',
  summary: 'Five machines that pay coins: take what seems best, or try what is unknown?',
  link: `${SETUP}&speed=16`,
  steps: [
    {
      title: 'Five machines',
      text: 'Each machine pays a coin with a probability of its own; the worst pays one time in ten, the best nine times in ten. The picture shows how often each pays, which the agent does not know. One pull is an episode.',
      at: { kind: 'part', part: 'picture' },
      task: {
        kind: 'do',
        ask: 'Watch twenty pulls.',
        done: ({ episodes }, since) => episodes >= since.episodes + 20,
      },
    },
    {
      title: 'Always the best so far',
      text: 'Q(s, a), the bars, is what the agent expects of each machine. With ε = 0 it is greedy: it always pulls the machine with the largest Q.',
      at: { kind: 'part', part: 'bars' },
      task: {
        kind: 'predict',
        question: 'What is the mean return after 1,000 pulls?',
        answers: [
          'About 0.9: it finds the best machine',
          'Less: it gets stuck with another one',
          'About 0.1',
        ],
        link: `${SETUP}&speed=turbo`,
        verdict(now) {
          if (now.steps < PULLS) return undefined;
          const mean = now.meanReturn;
          return {
            answer: mean > 0.82 ? 0 : mean > 0.2 ? 1 : 2,
            said: `The mean of the last 100 pulls is ${figure(mean)}. The first machine that paid a coin had the largest Q from then on, and the others were never pulled often enough to show what they are worth.`,
          };
        },
      },
    },
    {
      title: 'A little randomness',
      text: 'ε is the probability of a random action instead of the best one: it explores, so that the others get their turn.',
      at: { kind: 'field', section: 'agent', key: 'epsilonStart' },
      task: {
        kind: 'do',
        ask: 'Move Initial ε to about 0.1.',
        done: (now) =>
          now.value('agent', 'epsilonStart') >= 0.05 && now.value('agent', 'epsilonStart') <= 0.2,
      },
    },
    {
      title: 'It pays',
      text: 'Random pulls cost something at first. Then a machine with a larger Q turns up, and the curve rises.',
      at: { kind: 'part', part: 'curves' },
      task: {
        kind: 'do',
        ask: `Wait until the mean return is above ${GOOD}; a higher speed helps.`,
        done: (now) => now.meanReturn > GOOD,
      },
    },
    {
      title: 'The price of exploring',
      text: 'The agent knows the best machine by now, which pays 0.9 on average. Yet the mean return stays below that.',
      at: { kind: 'part', part: 'numbers' },
      task: {
        kind: 'check',
        question: 'With ε at 0.1, what mean return can it expect at best?',
        answers: [
          {
            answer: '0.9',
            feedback: 'Only if it always pulled the best machine, but one pull in ten is random.',
          },
          {
            answer: '0.86',
            feedback:
              '0.9 · 0.9 from the best machine and 0.1 · 0.5 from random pulls, since all five pay 0.5 on average.',
            right: true,
          },
          {
            answer: '0.5',
            feedback: 'That is what random pulls alone would pay: ε = 1.',
          },
        ],
      },
    },
    {
      title: 'Exploit',
      text: 'What has been learned stays. Without exploration the agent now exploits it, and gets close to 0.9.',
      at: { kind: 'field', section: 'agent', key: 'epsilonStart' },
      task: {
        kind: 'do',
        ask: 'Move Initial ε back to 0, and wait for a mean return of 0.86.',
        done: (now) => now.value('agent', 'epsilonStart') === 0 && now.meanReturn >= 0.86,
      },
    },
    {
      title: 'A lot first, less later',
      text: 'That is why ε usually follows a schedule: at first all is random, since there is everything to explore, and in the end almost nothing is.',
      at: { kind: 'field', section: 'agent', key: 'epsilonSchedule' },
      task: {
        kind: 'do',
        ask: 'Set the ε schedule to linear.',
        done: (now) => now.setting('agent', 'epsilonSchedule') === 'linear',
      },
    },
  ],
};
