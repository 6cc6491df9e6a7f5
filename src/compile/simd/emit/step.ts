/**
 * Emits the module of a whole step: `prepare` computes what is constant, `run` is a plain sequence of calls. No JavaScript
 * runs between the kernels of a step.
 */
import type { MemoryPlan } from '../../plan/memory.ts';
import type { Kernel, Schedule } from '../../plan/schedule.ts';
import { sizeOf, type Node } from '../../graph/graph.ts';
import type { Call } from '../calls.ts';
import { kernelSignature, type KernelName } from '../kernel-exports.ts';
import { Code } from './code.ts';
import { helperOf } from './functions.ts';
import { emitLoop } from './loop.ts';
import { ModuleWriter, type MemoryLimits } from './module.ts';

export interface StepProgram {
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
  readonly calls: ReadonlyMap<Kernel, Call>;
}

/** The binary; it imports `env.memory` and `kernels.*`, and exports `prepare` and `run`. */
export function emitStep(program: StepProgram, limits: MemoryLimits): Uint8Array<ArrayBuffer> {
  const { schedule, memory, calls } = program;
  const module = new ModuleWriter(limits);
  const imported = importKernels(module, program);
  const address = (tensor: Node): number => {
    const offset = memory.offsets.get(tensor);
    if (offset === undefined) throw new Error(`node ${tensor.id} (${tensor.op.kind}) has no memory`);
    return offset;
  };
  const context = { address, helper: imported };
  const sequence = (kernels: readonly Kernel[]): Code => {
    const code = new Code();
    for (const kernel of kernels)
      if (kernel.kind === 'loops')
        for (const loop of kernel.loops) code.call(module.addFunction(emitLoop(loop, context)));
      else emitCall(code, kernel, calls.get(kernel) as Call, { memory, address, imported });
    return code;
  };
  module.addFunction(sequence(schedule.prepare), 'prepare');
  const run = sequence(schedule.run);
  for (const { from, name } of memory.copies) {
    run.i32Const(memory.state.get(name) as number);
    run.i32Const(address(from));
    run.i32Const(4 * sizeOf(from.shape));
    run.memoryCopy();
  }
  module.addFunction(run, 'run');
  return module.finish();
}

interface Addresses {
  readonly memory: MemoryPlan;
  readonly address: (tensor: Node) => number;
  readonly imported: (name: KernelName) => number;
}

function emitCall(code: Code, kernel: Kernel, call: Call, { memory, address, imported }: Addresses): void {
  for (const argument of call.args)
    if (typeof argument === 'number') code.i32Const(argument);
    else if (argument.kind === 'tensor') code.i32Const(address(argument.tensor) + argument.offset);
    else code.i32Const((argument.kind === 'table' ? memory.tables : memory.scratch).get(kernel) ?? 0);
  code.call(imported(call.kernel));
}

/** Imports every kernel and helper that the step uses, and gives their indices. */
function importKernels(module: ModuleWriter, { schedule, calls }: StepProgram): (name: KernelName) => number {
  const indices = new Map<KernelName, number>();
  const add = (name: KernelName): void => {
    if (!indices.has(name)) indices.set(name, module.importFunction(name, kernelSignature(name)));
  };
  for (const call of calls.values()) add(call.kernel);
  for (const kernel of [...schedule.prepare, ...schedule.run]) {
    if (kernel.kind !== 'loops') continue;
    for (const value of kernel.loops.flatMap((loop) => loop.values)) {
      const helper = value.kind === 'map' ? helperOf(value.fn) : undefined;
      if (helper) add(helper);
    }
  }
  return (name) => indices.get(name) as number;
}
