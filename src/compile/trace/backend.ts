/**
 * A tfjs backend that computes nothing: its kernels add nodes to a graph. tfjs-core runs tapes, gradients and optimizers on it as
 * on any other, so that all a step does becomes graph nodes.
 */
import {
  DataStorage,
  KernelBackend,
  engine,
  findBackendFactory,
  registerBackend,
  registerKernel,
  util,
  type DataToGPUOptions,
  type GPUData,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { GraphBuilder } from '../graph/builder.ts';
import type { Node, Shape } from '../graph/graph.ts';
import type { DataType } from '../step.ts';
import { ELEMENTWISE } from './kernels/elementwise.ts';
import { LAYOUT } from './kernels/layout.ts';
import { LINEAR } from './kernels/linear.ts';
import { REDUCTIONS } from './kernels/reductions.ts';
import { UnsupportedKernel, type KernelInputs, type Lowering } from './lowering.ts';

/** The name in tfjs's registry. Its priority is below every real backend's, so that tfjs never picks it by itself. */
export const TRACE_BACKEND = 'ludus-trace';

type DataId = TensorInfo['dataId'];
type Dtype = TensorInfo['dtype'];

interface Entry {
  node: Node;
  /** The trace that the node belongs to. */
  builder: GraphBuilder;
  references: number;
}

/** A tensor of this backend stands for a node. References are counted as tfjs expects; nodes outlive their tensors. */
export class TraceBackend extends KernelBackend {
  /** Of the current trace. */
  builder = new GraphBuilder();
  private readonly entries = new DataStorage<Entry>(this, engine());

  nodeOf(dataId: DataId): Node {
    const entry = this.entries.get(dataId);
    if (entry.builder !== this.builder) this.adopt(entry);
    return entry.node;
  }

  /** A constant that an earlier trace took from another backend becomes a node of this trace too. */
  private adopt(entry: Entry): void {
    const { op, shape, dtype } = entry.node;
    if (op.kind !== 'constant') throw new Error('a tensor of an earlier trace was used in a step');
    entry.node = this.builder.constant(op.values, shape, dtype);
    entry.builder = this.builder;
  }

  /** A tensor that stands for the node. */
  tensorInfo(node: Node): TensorInfo {
    const dataId = {};
    this.entries.set(dataId, { node, builder: this.builder, references: 1 });
    return { dataId, shape: [...node.shape], dtype: node.dtype };
  }

  override write(values: unknown, shape: number[], dtype: Dtype): DataId {
    return this.tensorInfo(this.constant(values, shape, dtype)).dataId;
  }

  /** tfjs moves a tensor of another backend here when a step uses it: its current values become a constant. */
  override move(dataId: DataId, values: unknown, shape: number[], dtype: Dtype, references: number): void {
    const node = this.constant(values, shape, dtype);
    this.entries.set(dataId, { node, builder: this.builder, references });
  }

  private constant(values: unknown, shape: Shape, dtype: Dtype): Node {
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
      throw new UnsupportedKernel('constant', `no tensors of type ${dtype}`);
    const filled = (values as ArrayLike<number> | null) ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
    return this.builder.constant(filled, shape, dtype);
  }

  /** Constants can be read (tfjs does, when it moves them); anything else has no values yet. */
  override readSync(dataId: DataId): Float32Array | Int32Array | Uint8Array {
    const { op, shape, dtype } = this.nodeOf(dataId);
    if (op.kind !== 'constant')
      throw new Error(
        `a ${dtype} tensor of shape [${shape.join(', ')}] (${op.kind}) was read inside a step; ` +
          'a step has no values while it is compiled: return the tensor as an output and read it after the run',
      );
    const size = util.sizeFromShape([...shape]);
    const values = op.values.length === size ? op.values : new Float64Array(size).fill(op.values[0]);
    if (dtype === 'int32') return Int32Array.from(values);
    return dtype === 'bool' ? Uint8Array.from(values) : Float32Array.from(values);
  }

  override read(dataId: DataId): Promise<Float32Array | Int32Array | Uint8Array> {
    return Promise.resolve(this.readSync(dataId));
  }

  override readToGPU(_: DataId, __?: DataToGPUOptions): GPUData {
    throw new Error('a tensor was read to the GPU inside a step: return it as an output instead');
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.entries.has(dataId)) return true;
    const entry = this.entries.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    this.entries.delete(dataId);
    return true;
  }

  override incRef(dataId: DataId): void {
    this.entries.get(dataId).references++;
  }

  override refCount(dataId: DataId): number {
    return this.entries.has(dataId) ? this.entries.get(dataId).references : 0;
  }

  override numDataIds(): number {
    return this.entries.numDataIds();
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

/** The one trace backend of this tfjs engine, registered with its kernels at the first call. */
export function traceBackend(): TraceBackend {
  if (!findBackendFactory(TRACE_BACKEND)) {
    const backend = new TraceBackend();
    registerBackend(TRACE_BACKEND, () => backend, -1);
    for (const [name, lowering] of Object.entries({ ...ELEMENTWISE, ...REDUCTIONS, ...LINEAR, ...LAYOUT }))
      registerKernel(recordingKernel(name, lowering));
  }
  const backend = engine().findBackend(TRACE_BACKEND);
  if (!(backend instanceof TraceBackend)) throw new Error(`${TRACE_BACKEND} is not the tracer's backend`);
  return backend;
}

/** A tfjs kernel that builds a node from its inputs' nodes and returns a tensor that stands for it. */
function recordingKernel(kernelName: string, lowering: Lowering): KernelConfig {
  return {
    kernelName,
    backendName: TRACE_BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const tracer = backend as TraceBackend;
      const nodes: Record<string, Node> = {};
      for (const [name, info] of Object.entries(inputs))
        // An optional input that is absent is null or undefined.
        if (info) nodes[name] = viewAs(tracer, info);
      const result = lowering(tracer.builder, nodes satisfies KernelInputs, attrs ?? {});
      const results = Array.isArray(result) ? (result as Node[]) : [result as Node];
      if (results.some(({ shape }) => shape.includes(0)))
        throw new UnsupportedKernel(kernelName, 'no empty tensors');
      const infos = results.map((node) => tracer.tensorInfo(node));
      return Array.isArray(result) ? infos : infos[0];
    },
  };
}

/** The node of a tensor, in the tensor's shape and type (tfjs lets tensors of different shapes share their data). */
function viewAs(tracer: TraceBackend, info: TensorInfo): Node {
  const node = tracer.nodeOf(info.dataId);
  if (node.dtype !== (info.dtype as DataType))
    throw new UnsupportedKernel('reinterpretation', `${node.dtype} data seen as ${info.dtype}`);
  return tracer.builder.reshape(node, info.shape);
}
