import { defineConfig } from 'vitest/config';

/**
 * `unit` is what `npm run check` runs, a few minutes; `learning` trains agents for minutes; `node` starts the real command line;
 * `browser` drives a real Chromium. No test is alone on the machine: none may look at how long something takes.
 */
export default defineConfig({
  test: {
    // One file per core; by default a core is left idle.
    maxWorkers: '100%',
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'unit',
          environment: 'node',
          setupFiles: ['tests/fail-on-console.ts', 'tests/leave-as-found.ts'],
          isolate: false,
          include: ['tests/{unit,contract,golden,parity,fingerprints}/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // A second, the default, is too short on a busy machine.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'learning',
          environment: 'node',
          include: ['tests/learning/**/*.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 3_600_000,
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'node',
          environment: 'node',
          include: ['tests/node/**/*.test.ts'],
          globalSetup: 'tests/node/built.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'browser',
          environment: 'node',
          setupFiles: ['tests/leave-as-found.ts'],
          isolate: false,
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: 'tests/browser/built.ts',
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
