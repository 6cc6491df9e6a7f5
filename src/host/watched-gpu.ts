/**
 * The GPU backends of tfjs with a watch on their device. tfjs does not notice a loss, a device without memory or a shader that is
 * refused: steps go on and compute nothing, and what is being read may never come. Here they throw an `ExecutorError`, so that
 * the run ends with a message and can go on from its last checkpoint, on another executor.
 */
import * as tf from '@tensorflow/tfjs-core';
import { eagerCompute } from '#compile/eager.ts';
import type { Compute, MaybePromise } from '#compile/step.ts';
import { blame, ExecutorError, type Executor } from './executor.ts';

/** As tfjs registers WebGL. */
const WEBGL_PRIORITY = 2;

/** Starts WebGPU, which is loaded only here. */
export async function startWatchedWebgpu(adapter: GPUAdapter): Promise<Compute & Disposable> {
  const watch = new Watch('webgpu');
  const { startWebgpu } = await import('./webgpu.ts');
  await startWebgpu(adapter, (why) => watch.fail(why));
  return watched(watch, () => tf.removeBackend('webgpu'));
}

/**
 * Steps on WebGL, which is tfjs's current backend. tfjs lets the browser restore a lost context, but the textures with the
 * parameters are gone.
 */
export function watchWebgl(): Compute & Disposable {
  const { canvas } = tf.backend() as unknown as { readonly canvas: EventTarget };
  const watch = new Watch('webgl');
  const lose = (): void => watch.fail('the GPU was lost (its WebGL context)');
  canvas.addEventListener('webglcontextlost', lose);
  return watched(watch, () => {
    canvas.removeEventListener('webglcontextlost', lose);
    if (!watch.error) return;
    // Another start gets a context of its own.
    const factory = tf.findBackendFactory('webgl');
    tf.removeBackend('webgl');
    tf.registerBackend('webgl', factory, WEBGL_PRIORITY);
  });
}

/** Remembers what went wrong on a device, and ends the reads that wait for it. */
class Watch {
  error: Error | undefined;
  private readonly executor: Executor;
  private readonly waiting = new Set<(error: Error) => void>();

  constructor(executor: Executor) {
    this.executor = executor;
  }

  /** The device is of no use any more. */
  fail(reason: string): void {
    this.error ??= new ExecutorError(this.executor, reason);
    for (const giveUp of this.waiting) giveUp(this.error);
  }

  /** What a task on the device gives; throws if something was wrong with the device before its end. */
  guard<T>(task: () => MaybePromise<T>): MaybePromise<T> {
    if (this.error) throw this.error;
    try {
      const result = task();
      return result instanceof Promise ? this.finish(result) : result;
    } catch (error) {
      throw this.error ?? blame(this.executor, error);
    }
  }

  private async finish<T>(result: Promise<T>): Promise<T> {
    let giveUp: (error: Error) => void = nothing;
    const loss = new Promise<never>((_, reject) => (giveUp = reject));
    this.waiting.add(giveUp);
    try {
      return await Promise.race([result, loss]);
    } catch (error) {
      // Reads of a lost device reject before it says that it is lost.
      await new Promise((resolve) => setTimeout(resolve));
      throw this.error ?? blame(this.executor, error);
    } finally {
      this.waiting.delete(giveUp);
    }
  }
}

/** Steps on tfjs's current backend. */
function watched(watch: Watch, dispose: () => void): Compute & Disposable {
  const eager = eagerCompute();
  return {
    label: eager.label,
    infer: (...step) => eager.infer(...step),
    compile: async (name, step, shapes, initial) => {
      const runner = await watch.guard(() => eager.compile(name, step, shapes, initial));
      return {
        run: (inputs, read) => watch.guard(() => runner.run(inputs, read)),
        readState: (names, into) => watch.guard(() => runner.readState(names, into)),
        getState: () => watch.guard(() => runner.getState()),
        setState: (values) => watch.guard(() => runner.setState(values)),
        dispose: () => runner.dispose(),
      };
    },
    [Symbol.dispose]: dispose,
  };
}

function nothing(): void {
  // Replaced before anyone can call it.
}
