/**
 * Emits the module of a whole step: `prepare` computes what is constant, `run` is a plain sequence of calls, some of
 * them shared with other threads. No JavaScript runs between the kernels of a step.
 */
import type { MemoryPlan } from '../../plan/memory.ts';
import type { Kernel, Schedule } from '../../plan/schedule.ts';
import { sizeOf, type Node } from '../../graph/graph.ts';
import type { Call } from '../calls.ts';
import { kernelSignature, type KernelName } from '../kernel-exports.ts';
import { tasksOf, type Phase, type Task } from '../phases.ts';
import { Code } from './code.ts';
import { helperOf } from './functions.ts';
import { emitLoop } from './loop.ts';
import { ModuleWriter, type MemoryLimits } from './module.ts';
import { emitEnd, emitFinish, emitHelp, emitServe, emitShared } from './sharing.ts';

export interface StepProgram {
  readonly schedule: Schedule;
  readonly memory: MemoryPlan;
  readonly calls: ReadonlyMap<Kernel, Call>;
  /** Undefined for one thread. */
  readonly phases: readonly Phase[] | undefined;
}

/**
 * The binary; it imports `env.memory` and `kernels.*`, and exports `prepare`, `run`, and `serve` for the other threads of a
 * shared step. `timeout` as in `PoolOptions`.
 */
export function emitStep(
  program: StepProgram,
  limits: MemoryLimits,
  timeout: number,
): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter(limits);
  const emitter = new StepEmitter(module, program);
  const { schedule, calls, phases } = program;
  const whole = (kernels: readonly Kernel[]): Code =>
    emitter.sequence(kernels.flatMap((kernel) => tasksOf(kernel, calls)));
  module.addFunction(whole(schedule.prepare), 'prepare');
  const run = phases ? emitter.shared(phases, timeout) : whole(schedule.run);
  emitter.copies(run);
  module.addFunction(run, 'run');
  return module.finish();
}

class StepEmitter {
  private readonly module: ModuleWriter;
  private readonly memory: MemoryPlan;
  private readonly imported: (name: KernelName) => number;

  constructor(module: ModuleWriter, program: StepProgram) {
    this.module = module;
    this.memory = program.memory;
    this.imported = importKernels(module, program);
  }

  sequence(tasks: readonly Task[], code = new Code()): Code {
    const context = { address: (tensor: Node) => this.address(tensor), helper: this.imported };
    for (const task of tasks)
      if (task.kind === 'loop') code.call(this.module.addFunction(emitLoop(task.loop, context)));
      else this.call(code, task);
    return code;
  }

  /** The first thread's code for all phases; adds the functions that it and the others call. */
  shared(phases: readonly Phase[], timeout: number): Code {
    const { module } = this;
    const chunks = phases.map((phase) => (phase.kind === 'shared' ? phase.tasks.length : 0));
    const helping = new Code();
    emitHelp(chunks, (phase, chunk) => this.sequence([phases[phase - 1].tasks[chunk]], helping), helping);
    const help = module.addFunction(helping);
    const finish = module.addFunction(emitFinish(timeout));
    module.addFunction(emitServe(help), 'serve');
    const code = new Code();
    phases.forEach((phase, i) => {
      if (phase.kind === 'alone') this.sequence(phase.tasks, code);
      else emitShared(code, i + 1, phase.tasks.length, { help, finish });
    });
    emitEnd(code);
    return code;
  }

  /** Copies state that could not be computed in place. */
  copies(code: Code): void {
    for (const { from, name } of this.memory.copies) {
      code.i32Const(this.memory.state.get(name) as number);
      code.i32Const(this.address(from));
      code.i32Const(4 * sizeOf(from.shape));
      code.memoryCopy();
    }
  }

  private call(code: Code, { kernel, call }: Task & { kind: 'call' }): void {
    const { memory } = this;
    for (const argument of call.args)
      if (typeof argument === 'number') code.i32Const(argument);
      else if (argument.kind === 'tensor') code.i32Const(this.address(argument.tensor) + argument.offset);
      else if (argument.kind === 'table') code.i32Const(memory.tables.get(kernel) as number);
      else code.i32Const((memory.scratch.get(kernel) ?? 0) + argument.offset);
    code.call(this.imported(call.kernel));
  }

  private address(tensor: Node): number {
    const offset = this.memory.offsets.get(tensor);
    if (offset === undefined) throw new Error(`node ${tensor.id} (${tensor.op.kind}) has no memory`);
    return offset;
  }
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
