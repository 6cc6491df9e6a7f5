/** Makes a film of an episode: its pictures are drawn one after the other on a canvas that nobody sees, and encoded. */
import type { Picture } from '#core/draw-list.ts';
import type { Stage } from '#view/stage.ts';
import type { WorkerLike } from '#worker/client.ts';
import { GifClient } from '#worker/film/client.ts';
import type { FilmedEpisode } from '#worker/protocol.ts';
import { planFilm, sizeOf, type Format, type Frame } from './film-plan.ts';

/** Milliseconds of work after which the page gets its turn. */
const SLICE = 12;

export interface FilmDeps {
  readonly stage: Promise<Stage>;
  /** Starts the worker that writes a GIF. */
  readonly spawn: () => WorkerLike;
}

export interface FilmOptions extends FilmDeps {
  readonly format: Format;
  /** Seconds of the world per second of the film. */
  readonly speed: number;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** What takes frames; ended once, whether it was finished or not. */
interface Encoder {
  add(frame: Frame): Promise<void>;
  finish(): Promise<Blob>;
  end(): Promise<void>;
}

/** Whether this browser can write a format at all. */
export function canWrite(format: Format): boolean {
  return format === 'gif' || 'VideoEncoder' in globalThis;
}

/** Rejects with the signal's reason if it is aborted. */
export async function makeFilm({ pictures, fps }: FilmedEpisode, options: FilmOptions): Promise<Blob> {
  const { format, speed, signal, onProgress } = options;
  const plan = planFilm(pictures.length, fps * speed, format);
  const canvas = Object.assign(document.createElement('canvas'), sizeOf(pictures[0], format));
  // Made before the viewport asks for it: a GIF reads every frame.
  const context = canvas.getContext('2d', { willReadFrequently: format === 'gif' });
  const viewport = (await options.stage).open(canvas);
  try {
    const encoder = await (format === 'gif' ? gif(canvas, options.spawn()) : webm(canvas));
    try {
      let since = performance.now();
      for (const [done, frame] of plan.entries()) {
        signal.throwIfAborted();
        viewport.show(pictures[frame.picture]);
        if (context) fillRest(context, pictures[frame.picture]);
        await encoder.add(frame);
        onProgress(done + 1, plan.length);
        if (performance.now() - since < SLICE) continue;
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
      signal.throwIfAborted();
      return await encoder.finish();
    } finally {
      await encoder.end();
    }
  } finally {
    viewport[Symbol.dispose]();
  }
}

/** Beside the picture, which keeps its shape, a film has the picture's ground. */
function fillRest(context: CanvasRenderingContext2D, { background }: Picture): void {
  context.globalCompositeOperation = 'destination-over';
  context.fillStyle = `#${background.toString(16).padStart(6, '0')}`;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
}

async function gif(canvas: HTMLCanvasElement, worker: WorkerLike): Promise<Encoder> {
  const client = new GifClient(worker);
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const { width, height } = canvas;
  /** Hundredths of a second, in which the format counts, so far. */
  let shown = 0;
  return {
    add: async ({ at, seconds }) => {
      const { data } = context.getImageData(0, 0, width, height);
      const hundredths = Math.max(2, Math.round((at + seconds) * 100) - shown);
      shown += hundredths;
      await client.add(data, { width, height, hundredths });
    },
    finish: async () => new Blob([await client.end()], { type: 'image/gif' }),
    end: async () => client[Symbol.dispose](),
  };
}

async function webm(canvas: HTMLCanvasElement): Promise<Encoder> {
  const { BufferTarget, CanvasSource, getFirstEncodableVideoCodec, Output, QUALITY_HIGH, WebMOutputFormat } =
    await import('mediabunny');
  const { width, height } = canvas;
  const codec = await getFirstEncodableVideoCodec(['vp9', 'vp8'], { width, height, quality: QUALITY_HIGH });
  if (!codec) throw new Error('this browser cannot write WebM; make a GIF instead');
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec, quality: QUALITY_HIGH });
  output.addVideoTrack(source);
  await output.start();
  let end = 0;
  return {
    add: ({ at, seconds }) => {
      end = at + seconds;
      return source.add(at, seconds);
    },
    finish: async () => {
      // WebM knows when a frame begins, not for how long it stays: the last one once more, at its end.
      await source.add(end, 0);
      await output.finalize();
      return new Blob([target.buffer ?? new ArrayBuffer(0)], { type: 'video/webm' });
    },
    end: async () => {
      if (output.state === 'started') await output.cancel();
    },
  };
}
