/** Commander's errors in the form of all others: the field, what was expected, what was given. */
import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { refusal, show } from '#core/errors.ts';
import { known } from '#core/near.ts';
import { missingValue } from './options.ts';

interface OptionNaming {
  /** What an option is called that is unknown. */
  readonly field?: string;
  /** Whether there is one for help. */
  readonly help?: boolean;
}

/** What to report for an error of commander's; `argv` is what the user typed after `ludus`. */
export function usageError(
  error: CommanderError,
  command: CommandUnknownOpts,
  argv: readonly string[],
  { field = 'option', help = true }: OptionNaming = {},
): Error {
  const { args, options, registeredArguments } = command;
  switch (error.code) {
    case 'commander.unknownCommand': {
      const names = command.commands.map((known) => known.name());
      const [given = ''] = quoted(error.message);
      return refusal('command', known(given, names), show(given));
    }
    case 'commander.unknownOption': {
      const word = argv.find((word) =>
        options.some(({ required, long }) => !required && word.startsWith(`${long}=`)),
      );
      if (word !== undefined) {
        const at = word.indexOf('=');
        return refusal(word.slice(0, at), 'no value', show(word.slice(at + 1)));
      }
      const [given = ''] = quoted(error.message);
      const names = [...options.flatMap(({ long }) => long ?? []), ...(help ? ['--help'] : [])];
      return refusal(field, known(given, names, `ludus ${command.name()} --help`), show(given));
    }
    case 'commander.conflictingOption': {
      const [one, other] = quoted(error.message).map((flags) => flags.split(' ')[0]);
      const option = options.find(({ long }) => long === other);
      return refusal(
        other,
        `nothing with ${one}`,
        show(option && command.getOptionValue(option.attributeName())),
      );
    }
    case 'commander.optionMissingArgument': {
      // Any word after the option would have been its value, so the option stands last.
      const option = options.find(({ long }) => long === argv.at(-1));
      return option ? missingValue(option.flags) : error;
    }
    case 'commander.missingMandatoryOptionValue': {
      const option = options.find(({ flags }) => quoted(error.message)[0] === flags);
      return option ? missingValue(option.flags) : error;
    }
    case 'commander.missingArgument': {
      const missing = registeredArguments[args.length];
      return refusal(missing.name(), missing.description, 'nothing');
    }
    case 'commander.excessArguments': {
      const names = registeredArguments.map((argument) => argument.name()).join(' ');
      const extra = args.slice(registeredArguments.length).map(show).join(' ');
      return refusal('arguments', names === '' ? 'none' : `only ${names}`, extra);
    }
    default:
      return error;
  }
}

/** What a message of commander's quotes. */
function quoted(message: string): readonly string[] {
  return [...message.matchAll(/'([^']*)'/g)].map(([, text]) => text);
}
