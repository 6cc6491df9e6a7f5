/**
 * MiniGrid's DistShift: a strip of lava lies in row 2 for training and in row 5 for testing, a shift of the
 * distribution. An agent that has learned to walk along one side of the lava must then take the other.
 */
import { integer } from '#core/config.ts';
import { GOAL, LAVA } from '../cells.ts';
import { defineMinigrid } from '../engine.ts';

const WIDTH = 9;
const HEIGHT = 7;

export const distShift = defineMinigrid({
  id: 'dist-shift',
  title: 'MiniGrid DistShift',
  summary: 'Train with the lava in one place, test with it in another.',
  fields: {
    strip: integer({
      label: 'Second strip',
      help: 'Row of the second strip of lava: 2 in DistShift1, 5 in DistShift2.',
      default: 2,
      min: 2,
      max: 5,
    }),
  },
  rules: ({ strip }) => ({
    width: WIDTH,
    height: HEIGHT,
    mission: 0,
    marks: 0,
    maxSteps: 4 * WIDTH * HEIGHT,
    seeThrough: true,
    build(slot) {
      slot.room();
      slot.putAgent(1, 1, 0);
      slot.set(WIDTH - 2, 1, GOAL);
      slot.fill(3, 1, 5, 1, LAVA);
      slot.fill(3, strip, 5, strip, LAVA);
    },
  }),
});
