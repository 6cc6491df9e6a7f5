/**
 * Sends pictures and numbers to the page: two frame buffers go back and forth, and one batch is in flight at a time. A page
 * that is slow or hidden gets fewer of them instead of a queue.
 */
import { DrawList, STRIDE } from '#core/draw-list.ts';
import type { Scene, TrainingRun } from '#train/runs/run.ts';
import { Diagnostician } from './diagnostician.ts';
import type { Looker } from './looker.ts';
import type { PageMessage, TrainerEvent } from './protocol.ts';

/** What a frame shows. */
interface Shown {
  /** Number of the run in this worker. */
  readonly number: number;
  readonly run: TrainingRun;
  /** The run's, or that of human play. */
  readonly scene: Scene;
}

export class Outbox {
  private readonly port: MessagePort;
  private readonly list = new DrawList();
  private readonly free: ArrayBuffer[] = [0, 1].map(() => new ArrayBuffer(128 * STRIDE * 4));
  readonly diagnostician = new Diagnostician();
  private batchUnderWay = false;
  private episodesSent = 0;
  private metricsSent = 0;
  private marksSent = 0;

  constructor(port: MessagePort, roomAgain: () => void) {
    this.port = port;
    port.onmessage = ({ data }: MessageEvent<PageMessage>) => {
      switch (data.kind) {
        case 'returned':
          this.free.push(data.buffer);
          break;
        case 'taken':
          this.batchUnderWay = false;
          break;
      }
      roomAgain();
    };
  }

  /** The next batch starts from the beginning, because the run is another or was restored. */
  rewind(): void {
    this.episodesSent = this.metricsSent = this.marksSent = 0;
    this.diagnostician.rewind();
  }

  /** Draws and sends a world with its overlays; false if the page has not returned a buffer yet. */
  sendFrame({ number, run, scene }: Shown, looker: Looker, atOnce: boolean): boolean {
    const buffer = this.free.pop();
    if (!buffer) return false;
    const { list } = this;
    const { env, episode } = scene;
    env.draw(0, list);
    const look = looker.look(scene, atOnce);
    looker.draw(list);
    const bytes = list.count * STRIDE * 4;
    const roomy = buffer.byteLength >= bytes ? buffer : new ArrayBuffer(bytes * 2);
    new Float32Array(roomy).set(list.numbers.subarray(0, list.count * STRIDE));
    this.post(
      {
        kind: 'frame',
        run: number,
        buffer: roomy,
        count: list.count,
        width: list.width,
        height: list.height,
        background: list.background,
        episodeReturn: episode.return,
        episodeLength: episode.length,
        inspection: scene.inspection(),
        ...(look && { look: { ...look, progress: run.progress } }),
      },
      [roomy],
    );
    return true;
  }

  /** Sends new rows of the record; false if the page has not acknowledged the last batch yet. */
  sendBatch(number: number, run: TrainingRun, status: { running: boolean; rate: number }): boolean {
    if (this.batchUnderWay) return false;
    const { recorder, progress, finished } = run;
    const episodes = recorder.episodesSince(this.episodesSent);
    const metrics = recorder.metricsSince(this.metricsSent);
    const findings = this.diagnostician.news(run, episodes, metrics);
    const marks =
      recorder.marks.length > this.marksSent || this.episodesSent === 0 ? recorder.marks : undefined;
    this.post(
      {
        kind: 'batch',
        run: number,
        ...status,
        progress,
        finished,
        episodes,
        metrics,
        ...(marks && { marks }),
        ...(findings && { findings }),
      },
      [
        episodes.step.buffer,
        episodes.slot.buffer,
        episodes.return.buffer,
        episodes.length.buffer,
        metrics.step.buffer,
        ...Object.values(metrics.columns).map((column) => column.buffer),
      ],
    );
    this.episodesSent = recorder.episodes;
    this.metricsSent = recorder.metricRows;
    this.marksSent = recorder.marks.length;
    this.batchUnderWay = true;
    return true;
  }

  post(event: TrainerEvent, transfer: Transferable[] = []): void {
    this.port.postMessage(event, transfer);
  }

  close(): void {
    this.port.close();
  }
}
