#!/usr/bin/env node
/**
 * The `ludus` command line: finds the command, loads only that one, and turns every outcome into an exit code:
 * 0 done, 1 failed, 2 wrong use, 130, 141 and 143 stopped by a signal.
 */
import { stripVTControlCharacters } from 'node:util';
import { defineCommand, renderUsage } from 'citty';
import { InputError, show } from '#core/errors.ts';
import { forHelp, readArguments, wrong, type Command } from './arguments.ts';

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import('./commands/train.ts')).train,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluateCheckpoint,
  play: async () => (await import('./commands/play.ts')).play,
  replay: async () => (await import('./commands/replay.ts')).replay,
  envs: async () => (await import('./commands/envs.ts')).envs,
  agents: async () => (await import('./commands/agents.ts')).listAgents,
  export: async () => (await import('./commands/export.ts')).exportNetworks,
  network: async () => (await import('./commands/network.ts')).showNetwork,
  bench: async () => (await import('./commands/bench.ts')).bench,
};

const program = {
  name: 'ludus',
  description: 'Train, evaluate and play: the arena without the page.',
};

async function main(argv: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') {
    await printHelp();
    return argv.length === 0 ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    const { known } = await import('#core/near.ts');
    throw wrong('command', known(name, Object.keys(commands)), show(name));
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    printUsage(await renderUsage(forHelp(command), defineCommand({ meta: program })));
    return 0;
  }
  return command.run(readArguments(command.args, rest));
}

async function printHelp(): Promise<void> {
  const subCommands = Object.fromEntries(
    Object.entries(commands).map(([name, load]) => [name, async () => forHelp(await load())]),
  );
  printUsage(await renderUsage(defineCommand({ meta: program, subCommands })));
}

/** citty colours its help even where it goes into a file. */
function printUsage(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? text : stripVTControlCharacters(text)}\n`);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env['LUDUS_DEBUG'] ? (error.stack ?? error.message) : error.message;
}

// A reader that closes the pipe early (`| head`) has what it wanted; a command with something to lose saves it first.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  if (!process.emit('SIGPIPE', 'SIGPIPE')) process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = error instanceof InputError ? 2 : 1;
}
