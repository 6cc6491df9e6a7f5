/** Runs described in one text, as `ludus train` takes them: `cart-pole --agent dqn --set gamma=0.98`. */
import { Command, CommanderError } from '@commander-js/extra-typings';
import type { Experiment } from '../bench/results/suite.ts';
import { refusal } from '#core/errors.ts';
import { readRun, withRunOptions } from '../run-options.ts';
import { usageError } from '../usage-errors.ts';
import { wordsOf } from './words.ts';

/** The experiments of a text, one per world; several worlds are separated by commas. `field` names the text in errors. */
export function experimentsOf(
  text: string,
  field: string,
  amount: Pick<Experiment, 'steps' | 'seeds' | 'episodes'>,
): readonly Experiment[] {
  const words = wordsOf(text, field);
  const command = new Command('compare').configureOutput({ outputError: () => {} });
  const parser = withRunOptions(command.argument('<worlds>', 'a world id, or several with commas'));
  if (words.some((word) => /^--seeds?(=|$)/.test(word)))
    throw refusal(field, 'no seed: seeds 1 to n are trained, as --seeds says', text);
  command.helpOption(false).exitOverride((error) => {
    throw usageError(error, command, words, { field: `${field} option`, help: false });
  });
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError)
      throw refusal(field, 'a world and the options of `ludus train`', text);
    throw error;
  }
  const worlds = parser.processedArgs[0].split(',').map((id) => id.trim());
  if (new Set(worlds).size < worlds.length) throw refusal(field, 'each world once', worlds.join(','));
  return worlds.map((world) => {
    const { seed: _, ...request } = readRun(parser.opts(), world).request;
    return { ...request, ...amount };
  });
}
