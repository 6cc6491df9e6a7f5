import { defineConfig } from 'vitest/config';

/** `fast` is what `npm run check` runs; `learning` trains agents for minutes; `browser` drives a real Chromium (tests/browser). */
export default defineConfig({
  test: {
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'unit',
          environment: 'node',
          setupFiles: ['tests/fail-on-console.ts'],
          include: ['tests/{unit,contract,golden,parity}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'learning',
          environment: 'node',
          include: ['tests/learning/**/*.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        extends: './vite.config.ts',
        test: {
          name: 'node',
          environment: 'node',
          include: ['tests/node/**/*.test.ts'],
          testTimeout: 300_000,
        },
      },
    ],
  },
});
