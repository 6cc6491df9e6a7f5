/** The command line of this project: what users have, and the benchmarks whose results docs report. */
import { commands, runCommandLine } from './command-line.ts';

await runCommandLine({
  ...commands,
  bench: {
    description: 'Measure speed, or train the agents and models reported in docs.',
    load: async () => (await import('./commands/bench.ts')).bench,
  },
});
