import '@tensorflow/tfjs';
import { updateExample, denseNetwork, inferenceExample } from '#compile/examples.ts';
import { planStep } from '#compile/simd/compile.ts';
import { trace } from '#compile/trace/trace.ts';
import { emitStep } from '#compile/simd/emit/step.ts';
import { instantiateKernels } from '#compile/simd/kernel-module.ts';
import { storedConstants } from '#compile/plan/schedule.ts';
import { printPlan } from '#compile/plan/print.ts';
const minatar: any = { input: [10, 10, 4], layers: [ { kind: 'conv', filters: 16, size: 3 }, { kind: 'dense', units: 128 }, { kind: 'dense', units: 3 } ], batch: 32, loss: 'squared', density: 0.06 };
const lenet: any = { input: [28, 28, 1], layers: [ { kind: 'conv', filters: 16, size: 3 }, { kind: 'pool', size: 2 }, { kind: 'conv', filters: 32, size: 3 }, { kind: 'pool', size: 2 }, { kind: 'dense', units: 10 } ], batch: 64, loss: 'cross-entropy' };
const nets: any = { mlp: denseNetwork([4,64,64,2],64), dqn: denseNetwork([4,120,84,2],128), minatar, lenet };
for (const which of process.argv.slice(2)) {
const ex = updateExample(nets[which]);
const traced: any = trace(which, ex.step, ex.shapes);
const plan = planStep(traced.graph, ex.shapes);
const pages = Math.ceil((plan.memory.bytes + 64) / 65536);
const limits = { initial: pages, maximum: pages, shared: false };
const memory = new WebAssembly.Memory({initial: pages, maximum: pages});
const kernels = instantiateKernels('exact', memory) as any;
const inst = (sched: any) => new WebAssembly.Instance(new WebAssembly.Module(emitStep({ ...plan, schedule: sched } as any, limits)), { env: { memory }, kernels }).exports as any;
const place = (o: number, v: any) => new Int32Array(memory.buffer).set(new Int32Array(v.buffer, v.byteOffset, v.length), o/4);
for (const n of storedConstants(plan.graph)) place(plan.memory.offsets.get(n)!, (n.op as any).values);
for (const [k, c] of plan.calls) if (c.table) place(plan.memory.tables.get(k)!, c.table);
for (const [n, o] of plan.memory.state) place(o, ex.initial[n]);
const fill = () => { for (const [n, o] of plan.memory.inputs) place(o, ex.inputs[n]); };
const all = inst(plan.schedule); all.prepare(); fill(); all.run(); 
const lines = printPlan(plan.schedule, plan.memory).split('\n');
const calls = plan.schedule.run.map((k) => ({ k, run: inst({ prepare: [], run: [k] }).run, best: Infinity }));
let bestAll = Infinity;
const empty = inst({prepare: [], run: []}).run; let bestEmpty = Infinity;
const time = (f: any, n: number) => { const s = performance.now(); for (let i=0;i<n;i++) f(); return (performance.now()-s)/n*1000; };
const reps = which==='lenet'?3: which==='minatar'?20:100;
for (let r=0;r<60;r++) {
  fill();
  bestAll = Math.min(bestAll, time(() => all.run(), reps));
  bestEmpty = Math.min(bestEmpty, time(empty, reps));
  fill(); for (const c of calls) { let t=0; t = time(c.run, reps); c.best = Math.min(c.best, t); }
}
let sum=0;
for (const c of calls) { sum += c.best; 
  const d = c.k.kind==='call' ? `${c.k.node.op.kind} ${JSON.stringify(c.k.node.op)} ${c.k.node.inputs.map((i:any)=>i.shape.join('x'))} -> ${c.k.node.shape.join('x')}` : c.k.loops.map((l:any)=>`loop [${l.domain}] ${l.values.map((v:any)=>v.kind==='map'?v.fn:v.kind==='load'?'ld('+v.from.strides+')':v.value).join(' ')} st:${l.stores.length} red:${l.reductions.map((x:any)=>x.fn+x.reduced)}`).join('; ');
  console.log(c.best.toFixed(2).padStart(9), d.slice(0,300)); }
console.log(which, 'sum', sum.toFixed(1), 'whole', bestAll.toFixed(1), 'empty', bestEmpty.toFixed(3));
}
