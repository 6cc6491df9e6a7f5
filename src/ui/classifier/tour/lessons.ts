/** The lessons of the tour in words; experiments.ts has what they train. */

export const LESSONS = [
  'perceptron',
  'logistic',
  'linear-layers',
  'convolution',
  'overfitting',
  'double-descent',
  'adversarial',
] as const;
export type LessonId = (typeof LESSONS)[number];

export interface Lesson {
  readonly title: string;
  readonly text: readonly string[];
  /** What is to be predicted before it is shown. */
  readonly question: string;
  readonly answers: readonly [string, string, string];
}

export const CONTENT: Readonly<Record<LessonId, Lesson>> = {
  perceptron: {
    title: 'A neuron learns AND',
    text: [
      'A perceptron adds up its inputs, each times a weight, plus an offset. If the sum is above 0 it says 1, else 0. That is all it can do.',
      'It learns from mistakes only. If it should have said 1, the inputs are added to its weights; if it should have said 0, they are subtracted. The offset counts as the weight of an input that is always 1.',
      'Here it learns AND: 1 only if both inputs are 1. It begins with all weights at 0, and the first row is 1 1.',
    ],
    question: 'What are offset and weights after the first row?',
    answers: ['Still (0, 0, 0)', '(1, 1, 1)', '(−1, −1, −1)'],
  },
  logistic: {
    title: 'Logistic regression is one neuron',
    text: [
      'Instead of a hard 0 or 1, let the neuron say how sure it is: its sum goes through an S-shaped curve, and the result is a probability.',
      'The weights then follow the slope of the loss, −log of the probability that the right class got, and every example moves them a little. That is logistic regression, and every network below ends in it.',
    ],
    question: 'Two clouds of points, one neuron: what does the border between the classes look like?',
    answers: ['A straight line', 'A circle around one cloud', 'Whatever the points need'],
  },
  'linear-layers': {
    title: 'More layers alone do not help',
    text: [
      'Exclusive or: opposite quadrants belong together. No straight line separates them, so one neuron fails.',
      'More neurons in more layers have more weights to learn with. Suppose that hidden neurons simply pass on their sums, without any bend.',
    ],
    question: 'How much better are two hidden layers of 8 such linear neurons than none?',
    answers: ['They solve it', 'Somewhat better', 'Not at all'],
  },
  convolution: {
    title: 'What convolution does',
    text: [
      'These curves are digits drawn as a line of 40 numbers: stretched, moved and buried in noise. The same bend may lie anywhere.',
      'A dense layer has a weight of its own for every place. A convolution has a filter of a few weights that is moved along the curve: at each place it multiplies, adds up, and passes on how well the piece fits.',
    ],
    question: 'Both learn from the same 4,000 curves. Which one knows more new curves?',
    answers: ['The dense layer', 'Both about the same', 'The convolutions'],
  },
  overfitting: {
    title: 'Overfitting, and dropout',
    text: [
      'Now there are only 800 curves to learn from, and a network with far more weights than that. It sees the same curves 60 times.',
      'On the curves it learns from, its loss will fall and fall. What counts is its loss on curves that it has never seen.',
    ],
    question: 'What happens to the loss on new curves over the 60 epochs?',
    answers: ['It falls as well', 'It falls, then rises', 'It hardly moves'],
  },
  'double-descent': {
    title: 'Double descent',
    text: [
      'So a network that is too large learns by heart, and one would choose a size in the middle. That was the textbook for decades.',
      'We train the same network with 1 to 512 hidden units, each for 200 epochs on 800 curves, and measure the loss on new ones.',
    ],
    question: 'How does the loss on new curves change as the network gets wider?',
    answers: ['It keeps falling', 'It falls, then rises for good', 'It rises to a peak, then falls again'],
  },
  adversarial: {
    title: 'Fooling a network',
    text: [
      'A network that reads handwritten digits well can be made to err on purpose: ask for the slope of its loss with respect to the pixels, and move every pixel a little in that direction.',
      'ε is the most that a pixel may change, where 0 is black and 1 is white. To you the digit stays what it is.',
    ],
    question: 'ε is 0.1, a tenth of the range. How many test digits does the network still know?',
    answers: ['More than 90 %', '50 to 90 %', 'Fewer than half'],
  },
};
