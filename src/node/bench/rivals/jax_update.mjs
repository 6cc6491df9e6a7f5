/**
 * Gradient steps of a network of dense layers in jax-js's WebAssembly, compiled by its `jit`, Adam included:
 * `MODULE NETWORK WARMUP SECONDS`, where MODULE is the URL of @jax-js/jax and NETWORK the JSON of an ExampleNetwork.
 */
const [module, network, warmup, seconds] = process.argv.slice(2);
const { defaultDevice, init, jit, nn, numpy: np, tree, valueAndGrad } = await import(module);
await init('wasm');
defaultDevice('wasm');

const STEPS = 20;
const { input, layers, batch } = JSON.parse(network);
const sizes = [...input, ...layers.map(({ units }) => units)];

const values = (shape, scale) => {
  const size = shape.reduce((product, length) => product * length, 1);
  return np.array(Float32Array.from({ length: size }, (_, k) => scale * Math.sin(k * k))).reshape(shape);
};
const zerosLike = (parameters) => tree.map((x) => np.zeros(x.shape), tree.ref(parameters));

function loss(parameters, x, y) {
  const output = parameters.reduce((h, { w, b }, k) => {
    const sum = np.matmul(h, w).add(b);
    return k === parameters.length - 1 ? sum : nn.relu(sum);
  }, x);
  return np.square(output.sub(y)).mean();
}

const update = jit((parameters, m, v, scale, x, y) => {
  const [value, gradient] = valueAndGrad(loss)(tree.ref(parameters), x, y);
  value.dispose();
  const nextM = tree.map((old, g) => old.mul(0.9).add(g.mul(0.1)), m, tree.ref(gradient));
  const nextV = tree.map((old, g) => old.mul(0.999).add(np.square(g).mul(0.001)), v, gradient);
  const next = tree.map(
    (p, first, second) => p.sub(first.mul(scale.ref).div(np.sqrt(second).add(1e-8))),
    parameters,
    tree.ref(nextM),
    tree.ref(nextV),
  );
  scale.dispose();
  return [next, nextM, nextV];
});

let parameters = sizes.slice(1).map((units, k) => ({
  w: values([sizes[k], units], Math.sqrt(6 / (sizes[k] + units))),
  b: np.zeros([units]),
}));
let [m, v] = [zerosLike(parameters), zerosLike(parameters)];
const x = values([batch, sizes[0]], 1);
const y = values([batch, sizes.at(-1)], 1);
let t = 0;

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function workFor(budget) {
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  let steps = 0;
  while (cpuSeconds() - cpu < budget) {
    for (let k = 0; k < STEPS; k++) {
      t++;
      const scale = (1e-3 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
      [parameters, m, v] = update(parameters, m, v, np.array(scale), x.ref, y.ref);
    }
    await parameters[0].w.ref.data();
    steps += STEPS;
  }
  return { steps, cpu: cpuSeconds() - cpu, wall: (performance.now() - wall) / 1000 };
}

await workFor(Number(warmup));
process.stdout.write(`${JSON.stringify(await workFor(Number(seconds)))}\n`);
process.exit();
