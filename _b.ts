import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { worlds } from '#train/worlds.ts';
// best-of CPU-time rate of one world
const world = worlds.find((w) => w.id === process.argv[2])!;
const streams = rngStreams(1);
const env = new VectorEnv(world.create(world.params.parse({})), 64, streams);
const rng = streams('benchmark');
const acts = Array.from({ length: 64 }, () => {
  const b = actionBuffer(env.spec, 64);
  const a = env.spec.action;
  if (a.kind === 'discrete') for (let i = 0; i < 64; i++) b.discrete[i] = rng.integer(a.names.length);
  else for (let k = 0; k < b.box.length; k++) { const d = k % a.low.length; b.box[k] = a.low[d] + rng.uniform() * (a.high[d] - a.low[d]); }
  return b;
});
const rates: number[] = [];
for (let r = 0; r < 8; r++) {
  const c0 = process.cpuUsage(); let done = 0; const t0 = performance.now();
  while (performance.now() - t0 < 250) { for (const a of acts) env.step(a); done += 4096; }
  const c = process.cpuUsage(c0); rates.push(done / (c.user + c.system));
}
rates.sort((a, b) => b - a);
console.log(world.id.padEnd(16), 'best', rates[0].toFixed(2), 'median', rates[4].toFixed(2));
