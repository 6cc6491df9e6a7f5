import { defineConfig } from 'vite';
import { gzipFiles } from './scripts/gzip-plugin.ts';
import { licences } from './scripts/licences-plugin.ts';
import { offline } from './scripts/offline-plugin.ts';
import { policy } from './scripts/policy-plugin.ts';

// Cross-origin isolation gives the page SharedArrayBuffer: frames without copies, and kernels on several threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const { page, worker } = licences();

export default defineConfig({
  base: './',
  server: { headers },
  preview: { headers },
  plugins: [gzipFiles(), offline(), policy(), page()],
  worker: { format: 'es', plugins: () => [gzipFiles(), worker()] },
  // The worker's dependencies are found with the page's, so that the first visit after an install is one wait, not two.
  optimizeDeps: { entries: ['index.html', 'rescue.html', 'src/worker/**/*.worker.ts'] },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 3000,
    manifest: true,
    rolldownOptions: { input: { index: 'index.html', rescue: 'rescue.html' } },
  },
});
