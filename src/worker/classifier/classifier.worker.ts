/** The thread of the classifier: gives a session its clock, its backends and its files, and exposes it to the page. */
import { expose } from 'comlink';
import { createCompute } from '#host/compute.ts';
import { shippedFiles } from '#host/shipped.browser.ts';
import { breath } from '../breath.ts';
import { ClassifierSession } from './session.ts';

const session = new ClassifierSession({
  createCompute,
  shipped: shippedFiles,
  now: () => performance.now(),
  yield: breath(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
});

globalThis.addEventListener('unhandledrejection', (event) => session.fail(event.reason));
expose(session);
