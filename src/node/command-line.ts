/**
 * The command line: loads the one command that is called, and turns every outcome into an exit code: 0 done, 1 failed,
 * 2 wrong use, 129, 130, 141 and 143 stopped by a signal.
 */
import { Command, CommanderError } from '@commander-js/extra-typings';
import { InputError } from '#core/errors.ts';
import { outputFailed } from './signals.ts';
import { usageError } from './usage-errors.ts';
import { version } from './version.ts';

interface Entry {
  readonly description: string;
  /** Gives the function that declares the command's arguments, options and action. */
  readonly load: () => Promise<(command: Command) => void>;
}

export type Commands = Readonly<Record<string, Entry>>;

/** The commands that a user of the npm package has, too. */
export const commands: Commands = {
  train: {
    description: 'Train an agent on a world, evaluate it and save the run.',
    load: async () => (await import('./commands/train.ts')).train,
  },
  fit: {
    description: 'Fit a model to a data set, test it and save it.',
    load: async () => (await import('./commands/fit.ts')).fit,
  },
  evaluate: {
    description: 'Evaluate a saved agent over greedy episodes, or a saved model on test examples.',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCheckpoint,
  },
  compare: {
    description: 'Say whether one agent is better than another, and train as many seeds as it takes.',
    load: async () => (await import('./commands/compare.ts')).compareAgents,
  },
  play: {
    description: 'Play a world yourself, in the terminal.',
    load: async () => (await import('./commands/play.ts')).play,
  },
  replay: {
    description: 'Replay recorded episodes and check their returns.',
    load: async () => (await import('./commands/replay.ts')).replay,
  },
  envs: {
    description: 'List the worlds, or describe one.',
    load: async () => (await import('./commands/envs.ts')).envs,
  },
  agents: {
    description: 'List the agents, or describe one.',
    load: async () => (await import('./commands/agents.ts')).listAgents,
  },
  models: {
    description: 'List the models for data sets, or describe one.',
    load: async () => (await import('./commands/models.ts')).listModels,
  },
  data: {
    description: 'List the data sets, or show what one of them holds.',
    load: async () => (await import('./commands/data.ts')).data,
  },
  network: {
    description: "Show an agent's networks on a world: layers, output shapes, parameters.",
    load: async () => (await import('./commands/network.ts')).showNetwork,
  },
  export: {
    description: "Export a saved agent's or model's networks as safetensors or as a tfjs layers model.",
    load: async () => (await import('./commands/export.ts')).exportNetworks,
  },
  logs: {
    description:
      'Write what runs and benchmarks have recorded for TensorBoard, Stable-Baselines3, marl-eval, Open RL Benchmark.',
    load: async () => (await import('./commands/logs.ts')).exportLogs,
  },
  sweep: {
    description: 'Search settings of an agent or a world, on all cores.',
    load: async () => (await import('./commands/sweep.ts')).sweep,
  },
  worker: {
    description: 'Run the jobs of sweeps that are in a queue.',
    load: async () => (await import('./commands/worker.ts')).worker,
  },
};

/** The command that is called, or whose help is. */
function calledCommand(argv: readonly string[]): string | undefined {
  return argv[0] === 'help' ? argv[1] : argv.find((word) => !word.startsWith('-'));
}

async function main(commands: Commands, argv: readonly string[]): Promise<void> {
  const called = calledCommand(argv);
  const program = await createProgram(commands, called, argv);
  // Commander would answer `trian --help` with the help of the program.
  const isMisspelt = called !== undefined && !Object.hasOwn(commands, called) && !argv[0].startsWith('-');
  await program.parseAsync(isMisspelt ? [called] : argv, { from: 'user' });
}

async function createProgram(
  commands: Commands,
  called: string | undefined,
  argv: readonly string[],
): Promise<Command> {
  const program = new Command('ludus');
  program
    .description('Train and evaluate reinforcement-learning agents without a browser.')
    .version(version(), '--version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    // Errors are printed below, all in one place.
    .configureOutput({ outputError: () => {} })
    .exitOverride((error) => {
      throw usageError(error, program, argv);
    })
    .addHelpText('after', '\n`ludus <command> --help` shows the options of a command, with examples.');
  for (const [name, { description, load }] of Object.entries(commands)) {
    const command = program.command(name).description(description);
    if (name !== called) continue;
    command.exitOverride((error) => {
      throw usageError(error, command, argv);
    });
    (await load())(command);
  }
  return program;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof InputError ? 2 : 1;
}

/** What to print about an error; nothing where help or the version was printed instead. */
function messageOf(error: unknown): string | undefined {
  if (error instanceof CommanderError)
    return /help|version/i.test(error.code) ? undefined : error.message.replace('\n', ' ');
  if (!(error instanceof Error)) return String(error);
  return process.env['LUDUS_DEBUG'] ? (error.stack ?? error.message) : error.message;
}

/** Runs the command that the process was started with. */
export async function runCommandLine(commands: Commands): Promise<void> {
  process.stdout.on('error', outputFailed);
  // There is nowhere to say that nothing can be said, and what is to be saved is saved.
  process.stderr.on('error', () => {});
  try {
    await main(commands, process.argv.slice(2));
  } catch (error) {
    const message = messageOf(error);
    if (message !== undefined) process.stderr.write(`${message}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
