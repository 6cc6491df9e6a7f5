/**
 * The runner of a compiled step. Inputs are copied into the step's memory, one call runs everything, and outputs are views of
 * that memory: a run allocates nothing.
 */
import { sizeOf } from '../graph/graph.ts';
import type { ImmediateRunner, NamedValues, StepShapes, TensorShape, Values } from '../step.ts';
import { instantiateStep, type CompiledStep, type SimdPlan } from './compile.ts';
import type { KernelBuild } from './kernel-module.ts';
import type { PooledStep, ThreadPool } from './pool.ts';

/** A named tensor in the step's memory. Bools are float32 there, so they have a copy for the caller. */
interface Slot {
  readonly name: string;
  readonly memory: Float32Array | Int32Array;
  readonly bools: Uint8Array | undefined;
}

export interface RunnerOptions {
  readonly plan: SimdPlan;
  readonly build: KernelBuild;
  /** As in `PoolOptions`. */
  readonly timeout?: number;
}

export class SimdRunner implements ImmediateRunner {
  private readonly name: string;
  private readonly build: KernelBuild;
  private step: CompiledStep | undefined;
  /** The other threads' side of a shared step. */
  private pooled: PooledStep | undefined;
  private readonly inputs: readonly Slot[];
  private readonly state: ReadonlyMap<string, Slot>;
  private readonly outputs: ReadonlyMap<string, Slot>;
  /** The last outputs and the list they were for: callers pass the same list in every run. */
  private lastRead: readonly string[] = [];
  private given: Record<string, Values> = {};

  constructor({ plan, build, timeout }: RunnerOptions, shapes: StepShapes, initial: NamedValues) {
    this.name = plan.graph.name;
    this.build = build;
    this.step = instantiateStep(plan, build, timeout);
    const { buffer } = this.step.memory;
    const slot = (name: string, { shape, dtype }: TensorShape, offset: number): Slot => {
      const size = sizeOf(shape);
      const memory =
        dtype === 'int32' ? new Int32Array(buffer, offset, size) : new Float32Array(buffer, offset, size);
      return { name, memory, bools: dtype === 'bool' ? new Uint8Array(size) : undefined };
    };
    const named = (all: StepShapes['state'], offsets: ReadonlyMap<string, number>): Slot[] =>
      Object.entries(all).map(([name, shape]) => slot(name, shape, offsets.get(name) as number));
    this.inputs = named(shapes.inputs, plan.memory.inputs);
    this.state = new Map(named(shapes.state, plan.memory.state).map((s) => [s.name, s]));
    this.outputs = new Map(
      [...plan.graph.outputs].map(([name, node]) => [
        name,
        slot(name, node, plan.memory.offsets.get(node) as number),
      ]),
    );
    for (const name of this.state.keys())
      if (!(name in initial))
        throw new Error(`${this.name}.state.${name}: expected initial values, got nothing`);
    this.setState(initial);
  }

  /** Loads the step on the pool's threads, which a step planned for several needs before its first run. */
  async join(pool: ThreadPool): Promise<void> {
    const { module, memory } = this.alive();
    this.pooled = await pool.load({ build: this.build, module, memory });
  }

  run(inputs: NamedValues, read: readonly string[]): NamedValues {
    const step = this.alive();
    for (let i = 0; i < this.inputs.length; i++) this.write(this.inputs[i], inputs[this.inputs[i].name]);
    this.pooled?.begin();
    step.run();
    this.pooled?.end();
    return this.give(read);
  }

  readState(names: readonly string[], into: Float32Array): void {
    this.alive();
    const slots = names.map((name) => this.stateSlot(name));
    const size = slots.reduce((sum, { memory }) => sum + memory.length, 0);
    if (size !== into.length)
      throw new Error(
        `${this.name}: expected room for ${size} numbers of ${names.join(', ')}, got ${into.length}`,
      );
    let offset = 0;
    for (const { memory } of slots) {
      into.set(memory, offset);
      offset += memory.length;
    }
  }

  getState(): NamedValues {
    this.alive();
    return Object.fromEntries([...this.state].map(([name, slot]) => [name, valuesOf(slot).slice()]));
  }

  setState(values: NamedValues): void {
    this.alive();
    const slots = Object.keys(values).map((name) => this.stateSlot(name));
    for (const slot of slots) checkLength(`${this.name}.state`, slot, values[slot.name]);
    for (const slot of slots) slot.memory.set(values[slot.name]);
  }

  /** The memory is freed with the last reference to it; a disposed runner throws. */
  dispose(): void {
    this.pooled?.release();
    this.pooled = undefined;
    this.step = undefined;
  }

  private alive(): CompiledStep {
    if (!this.step) throw new Error(`${this.name}: the runner was disposed`);
    return this.step;
  }

  /** Copies an input into its place; `TypedArray.set` converts between types. */
  private write(slot: Slot, values: Values | undefined): void {
    if (values?.length === slot.memory.length) slot.memory.set(values);
    else checkLength(`${this.name}.inputs`, slot, values);
  }

  /** Views of the outputs; the object is remade only for another list. */
  private give(read: readonly string[]): NamedValues {
    if (read !== this.lastRead) {
      const given: Record<string, Values> = {};
      for (const name of read) given[name] = this.outputSlot(name).bools ?? this.outputSlot(name).memory;
      this.given = given;
      this.lastRead = read;
    }
    for (const name of read) {
      const slot = this.outputs.get(name);
      if (slot?.bools) slot.bools.set(slot.memory);
    }
    return this.given;
  }

  private stateSlot(name: string): Slot {
    return this.named(this.state, 'state', name);
  }

  private outputSlot(name: string): Slot {
    return this.named(this.outputs, 'outputs', name);
  }

  private named(slots: ReadonlyMap<string, Slot>, kind: string, name: string): Slot {
    const slot = slots.get(name);
    if (slot) return slot;
    throw new Error(`${this.name}.${kind}: expected one of ${[...slots.keys()].join(', ')}, got ${name}`);
  }
}

function checkLength(where: string, { name, memory }: Slot, values: Values | undefined): void {
  if (values?.length === memory.length) return;
  const got = values?.length ?? 'nothing';
  throw new Error(`${where}.${name}: expected ${memory.length} numbers, got ${got}`);
}

function valuesOf({ memory, bools }: Slot): Values {
  bools?.set(memory);
  return bools ?? memory;
}
