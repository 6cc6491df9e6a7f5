/**
 * The moving pictures of the gallery: says to its worker which worlds are in view and paints what comes back. Nothing is played
 * or painted for cards out of view, and nothing at all while the page is hidden: no frame, no answer, no next picture.
 */
import type { WorkerLike } from '#worker/client.ts';
import type { GalleryMessage, GalleryPictures } from '#worker/gallery/protocol.ts';
import type { Stage } from '#view/stage.ts';
import type { Viewport } from '#view/viewport.ts';

export class Previews implements Disposable {
  private readonly worker: WorkerLike;
  private readonly stage: Promise<Stage>;
  private readonly still: boolean;
  private readonly observer: IntersectionObserver;
  private readonly viewports = new Map<string, Viewport>();
  private readonly inView = new Set<string>();
  private closed = false;

  /** `still`: one picture of each world. */
  constructor(spawn: () => WorkerLike, stage: Promise<Stage>, still: boolean) {
    this.worker = spawn();
    this.stage = stage;
    this.still = still;
    this.observer = new IntersectionObserver((entries) => this.look(entries));
    this.worker.addEventListener('message', (event) =>
      this.paint((event as MessageEvent<GalleryPictures>).data),
    );
  }

  /** Shows a world on a canvas, whenever that is in view; returns what ends it. */
  watch(world: string, canvas: HTMLCanvasElement): () => void {
    canvas.dataset['world'] = world;
    void this.stage.then(
      (stage) => {
        if (this.closed || !canvas.isConnected) return;
        this.viewports.set(world, stage.open(canvas));
        this.observer.observe(canvas);
      },
      // Without a renderer the cards have no picture; the run's card says why.
      () => undefined,
    );
    return () => {
      this.observer.unobserve(canvas);
      this.viewports.get(world)?.[Symbol.dispose]();
      this.viewports.delete(world);
      if (this.inView.delete(world)) this.tell();
    };
  }

  [Symbol.dispose](): void {
    this.closed = true;
    this.observer.disconnect();
    this.worker.terminate();
    for (const viewport of this.viewports.values()) viewport[Symbol.dispose]();
  }

  private look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const { world = '' } = (target as HTMLCanvasElement).dataset;
      if (isIntersecting) this.inView.add(world);
      else this.inView.delete(world);
    }
    this.tell();
  }

  private tell(): void {
    if (!this.closed) this.post({ kind: 'show', worlds: [...this.inView], still: this.still });
  }

  private paint({ pictures }: GalleryPictures): void {
    requestAnimationFrame(() => {
      if (this.closed) return;
      const begin = performance.now();
      for (const picture of pictures) this.viewports.get(picture.world)?.show(picture);
      this.post({ kind: 'painted', milliseconds: performance.now() - begin });
    });
  }

  private post(message: GalleryMessage): void {
    this.worker.postMessage(message);
  }
}
