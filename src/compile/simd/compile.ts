/** From a traced graph to something that runs: optimised, planned, emitted, and instantiated on a memory of its own. */
import { optimise } from '../graph/optimise.ts';
import { type Graph, type Node } from '../graph/graph.ts';
import { materialise } from '../plan/materialise.ts';
import { planMemory, type MemoryPlan } from '../plan/memory.ts';
import { schedule, storedConstants, type Kernel, type Schedule } from '../plan/schedule.ts';
import type { StepShapes } from '../step.ts';
import { callOf, prefersCall, type Call } from './calls.ts';
import { SHARED_MEMORY_START } from './emit/sharing.ts';
import { emitStep } from './emit/step.ts';
import { KERNEL_MEMORY_START } from './kernel-exports.ts';
import { instantiateKernels, type KernelBuild } from './kernel-module.ts';
import type { Phase } from './phases.ts';
import { LINE, sharedScratch, splitStep, type SplitOptions } from './split.ts';

const PAGE = 65536;
/** Bytes: vector loads at the end of a tensor may read past it. */
const SLACK = 64;

/** A step laid out for WebAssembly, before anything is emitted. */
export interface SimdPlan {
  readonly graph: Graph;
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
  readonly calls: ReadonlyMap<Kernel, Call>;
  /** Undefined for one thread. */
  readonly phases: readonly Phase[] | undefined;
}

const ONE_THREAD: SplitOptions = { threads: 1, worthwhile: Infinity };

/** Passes, kernels and memory of a traced step, shared by threads if that pays. The same graph gives the same plan. */
export function planStep(traced: Graph, shapes: StepShapes, split = ONE_THREAD): SimdPlan {
  const graph = materialise(optimise(traced));
  const order = schedule(graph, prefersCall);
  const calls = new Map<Kernel, Call>();
  for (const kernel of [...order.prepare, ...order.run])
    if (kernel.kind === 'call') calls.set(kernel, callOf(kernel.node));
  const phases = split.threads > 1 ? splitStep(order.run, calls, split) : undefined;
  const memory = planMemory(graph, shapes, order, {
    start: phases ? SHARED_MEMORY_START : KERNEL_MEMORY_START,
    alignment: phases ? LINE : 16,
    needs: (kernel) => {
      const call = calls.get(kernel);
      const scratch = call && phases ? sharedScratch(call, split.threads) : (call?.scratch ?? 0);
      return { scratch, table: call?.table?.byteLength ?? 0 };
    },
  });
  return { graph, schedule: order, memory, calls, phases };
}

/** A step in memory: `run` is one call without arguments, the first thread's part where there are several. */
export interface CompiledStep {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly run: () => void;
}

/**
 * Makes the memory, the kernels on it and the step's module, and computes what is constant. Synchronous: engines refuse that
 * for large modules on a page's main thread only, and steps run in workers. `timeout` as in `PoolOptions`.
 */
export function instantiateStep(plan: SimdPlan, build: KernelBuild, timeout = Infinity): CompiledStep {
  const pages = Math.ceil((plan.memory.bytes + SLACK) / PAGE);
  const limits = { initial: pages, maximum: pages, shared: plan.phases !== undefined };
  const memory = new WebAssembly.Memory(limits);
  const kernels = instantiateKernels(build, memory) as unknown as WebAssembly.ModuleImports;
  const module = new WebAssembly.Module(emitStep(plan, limits, timeout));
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, kernels });
  placeConstants(plan, memory);
  (exports['prepare'] as () => void)();
  return { memory, module, run: exports['run'] as () => void };
}

/** Writes constant tensors and the kernels' tables into memory. */
function placeConstants({ graph, memory: plan, calls }: SimdPlan, memory: WebAssembly.Memory): void {
  const words = new Int32Array(memory.buffer);
  const place = (offset: number, values: Int32Array | Float32Array): void =>
    words.set(new Int32Array(values.buffer, values.byteOffset, values.length), offset / 4);
  for (const node of storedConstants(graph)) place(plan.offsets.get(node) as number, constantValues(node));
  for (const [kernel, { table }] of calls) if (table) place(plan.tables.get(kernel) as number, table);
}

function constantValues(node: Node): Int32Array | Float32Array {
  if (node.op.kind !== 'constant') throw new Error(`${node.op.kind} is no constant`);
  return node.op.values;
}
