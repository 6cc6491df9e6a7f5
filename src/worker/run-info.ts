/** Converts what page and worker exchange about a run: incoming requests and outgoing descriptions. */
import { checkMemory, memoryNeeded } from '#train/request/memory.ts';
import { parseRecording, recordedSteps, type Recording } from '#train/recordings/recording.ts';
import { resolveRun, type RunRequest, type RunSetup } from '#train/request/resolve.ts';
import type { Run } from '#train/runs/run.ts';
import type { BackendInfo, RunInfo } from './protocol.ts';

/** Bytes of the largest array that all browsers have, and that a checkpoint needs for the observations of a replay buffer. */
const MOST_BYTES = 2 ** 32;

/** Reads the recording of a request; caches the last text, which the page sends repeatedly. */
export class RequestReader {
  private last: { readonly text: string; readonly recording: Recording } | undefined;

  /** The setup of a request. Throws an `InputError` if it cannot start, here in a browser. */
  resolve(request: RunRequest): RunSetup {
    const setup = resolveRun(this.read(request));
    checkMemory(setup, MOST_BYTES);
    return setup;
  }

  private read(request: RunRequest): RunRequest {
    const { demonstrations: text } = request;
    if (typeof text !== 'string') return request;
    if (this.last?.text !== text) this.last = { text, recording: parseRecording(text) };
    return { ...request, demonstrations: this.last.recording };
  }
}

/** A run as the page sees it. Only the size of the demonstrations is returned, since the page has the recording. */
export function describeRun(number: number, run: Run, backend: BackendInfo): RunInfo {
  const { setup, scene, unit, workers } = run;
  const { demonstrations, ...request } = setup.request;
  if (!scene) throw new Error('describeRun: expected a run that plays a world');
  const { spec, n: slots } = scene.env;
  const shown = demonstrations && {
    demonstrations: {
      episodes: demonstrations.episodes.length,
      steps: recordedSteps(demonstrations, spec),
    },
  };
  const overlays = scene.overlays();
  const memoryBytes = memoryNeeded(setup).bytes;
  return { run: number, unit, request, ...shown, spec, slots, workers, memoryBytes, backend, overlays };
}
