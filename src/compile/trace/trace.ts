/**
 * Runs a step on the trace backend and returns the graph of what it did. tfjs's previous backend is restored in any case, and no
 * tensor outlives the trace.
 */
import { engine, getBackend, setBackend, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { describeShape, GraphBuilder } from '../graph/builder.ts';
import { reachable, sameShape, type Graph, type Node, type Op } from '../graph/graph.ts';
import type { Step, StepShapes, Tensors, TensorShape } from '../step.ts';
import { TRACE_BACKEND, traceBackend, type TraceBackend } from './backend.ts';
import { UnsupportedKernel } from './lowering.ts';

/** A graph, or which tfjs kernel the graph has no operation for. */
export type Trace =
  | { readonly kind: 'graph'; readonly graph: Graph }
  | { readonly kind: 'unsupported'; readonly reason: string };

/**
 * Traces a step. Throws if the step itself is wrong: it reads a tensor, leaves out a state, changes a shape, or is not a
 * pure function (it is traced twice: random numbers made inside would be frozen into the graph).
 */
export function trace(name: string, step: Step, shapes: StepShapes): Trace {
  try {
    const graph = traceOnce(name, step, shapes);
    checkPure(name, graph, traceOnce(name, step, shapes));
    return { kind: 'graph', graph };
  } catch (error) {
    if (error instanceof UnsupportedKernel) return { kind: 'unsupported', reason: error.message };
    const missing = missingKernel(error);
    if (missing) return { kind: 'unsupported', reason: `${missing}: not known to the compiler` };
    throw error;
  }
}

/** The graph of one run of the step. */
function traceOnce(name: string, step: Step, shapes: StepShapes): Graph {
  return withTraceBackend((tracer) => {
    const builder = new GraphBuilder();
    tracer.builder = builder;
    let graph: Graph | undefined;
    tidy(() => {
      const state = placeholders(tracer, 'state', shapes.state);
      const result = step(state, placeholders(tracer, 'input', shapes.inputs));
      graph = {
        name,
        state: results(tracer, result.state, shapes.state, name),
        outputs: new Map(
          Object.entries(result.outputs).map(([key, tensor]) => [key, resultNode(tracer, tensor)]),
        ),
      };
    });
    if (!graph) throw new Error(`${name}: the step gave nothing`);
    return graph;
  });
}

/** Makes the trace backend tfjs's current one for the length of a synchronous call. */
function withTraceBackend<T>(use: (tracer: TraceBackend) => T): T {
  const tracer = traceBackend();
  const previous = currentBackend();
  // Where the factory is synchronous, setBackend has switched when it returns, before its promise resolves.
  void setBackend(TRACE_BACKEND);
  try {
    return use(tracer);
  } finally {
    if (previous) void setBackend(previous);
  }
}

/** The backend to restore, if one is ready; to ask tfjs for it would start one. */
function currentBackend(): string | undefined {
  const name = getBackend();
  return name in engine().registry ? name : undefined;
}

/** Tensors that stand for the state and inputs of a run. */
function placeholders(
  tracer: TraceBackend,
  kind: 'state' | 'input',
  shapes: Readonly<Record<string, TensorShape>>,
): Tensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, { shape, dtype }]) => {
      const node = tracer.builder.placeholder(kind, name, shape, dtype);
      return [name, engine().makeTensorFromTensorInfo(tracer.tensorInfo(node), tracer)];
    }),
  );
}

/** The next states, checked name by name, in the order of the shapes. */
function results(
  tracer: TraceBackend,
  tensors: Tensors,
  shapes: StepShapes['state'],
  name: string,
): ReadonlyMap<string, Node> {
  for (const key of Object.keys(tensors))
    if (!(key in shapes))
      throw new Error(
        `${name}: state ${key}: expected one of ${Object.keys(shapes).join(', ')}, got a new name`,
      );
  return new Map(
    Object.entries(shapes).map(([key, expected]) => {
      const tensor = tensors[key] as Tensor | undefined;
      if (!tensor) throw new Error(`${name}: state ${key}: expected its next value, got nothing`);
      if (!sameShape(tensor.shape, expected.shape) || tensor.dtype !== expected.dtype)
        throw new Error(
          `${name}: state ${key}: expected ${expected.dtype} ${describeShape(expected.shape)}, ` +
            `got ${tensor.dtype} ${describeShape(tensor.shape)}`,
        );
      return [key, resultNode(tracer, tensor)];
    }),
  );
}

function resultNode(tracer: TraceBackend, tensor: Tensor): Node {
  return tracer.builder.reshape(tracer.nodeOf(tensor.dataId), tensor.shape);
}

/** tfjs's error for a missing kernel has its name in the message only. */
function missingKernel(error: unknown): string | undefined {
  const text = error instanceof Error ? error.message : '';
  return /^Kernel '(\w+)' not registered for backend '/.exec(text)?.[1];
}

/** Two traces of a pure step are equal node by node, down to the constants. */
function checkPure(name: string, first: Graph, second: Graph): void {
  const a = reachable(first);
  const b = reachable(second);
  const differs = a.findIndex((node, i) => i >= b.length || !sameNode(node, b[i]));
  if (differs < 0 && a.length === b.length) return;
  const node = a[Math.max(differs, 0)];
  throw new Error(
    `${name}: two traces of the step differ (${node.op.kind} ${describeShape(node.shape)}): ` +
      'a step is a pure function; random numbers and counters are inputs or state',
  );
}

function sameNode(a: Node, b: Node): boolean {
  return a.id === b.id && sameShape(a.shape, b.shape) && a.dtype === b.dtype && sameOp(a.op, b.op);
}

function sameOp(a: Op, b: Op): boolean {
  if (a.kind === 'constant' && b.kind === 'constant')
    return a.values.length === b.values.length && a.values.every((value, i) => Object.is(value, b.values[i]));
  return JSON.stringify(a) === JSON.stringify(b);
}
