/**
 * What the linter asks for. The layers are a table: what each may import of the others and of libraries. A test plants
 * every violation and sees it caught (tests/node/layers.test.ts).
 */

/** All layers, by the names under which they are imported. */
const LAYERS = 'core compile data train host storage worker node package view ui envs agents tests'.split(
  ' ',
);

/** Libraries that have one home each, and what to do instead elsewhere. */
const HOMES = {
  tfjs: ['^@tensorflow/', 'Only agents and src/compile speak tfjs-core; backends live in src/host.'],
  backends: [
    '^@tensorflow/(tfjs$|tfjs/|tfjs-backend-|tfjs-core/)',
    "Backends are chosen in src/host; here import '@tensorflow/tfjs-core' only.",
  ],
  pixi: ['^pixi\\.js(/|$)', 'Pixi lives in src/view: emit a DrawList instead.'],
  comlink: ['^comlink$', 'comlink lives in src/worker: use its client.'],
  preact: ['^(preact|@preact|uplot)(/|$)', 'Components and charts live in src/ui.'],
  node: ['^node:', 'Node lives in src/node, src/host and tests.'],
};

/** Per folder: the other layers that it may import, and the libraries that it may not. */
const RULES = {
  'src/core': [[], 'tfjs pixi comlink preact node'],
  envs: [['core'], 'tfjs pixi comlink preact node'],
  'src/compile': [['core'], 'backends pixi comlink preact node'],
  agents: [['core', 'compile'], 'backends pixi comlink preact node'],
  'src/data': [['core'], 'tfjs pixi comlink preact node'],
  'src/train': [['core', 'compile', 'data', 'envs', 'agents'], 'tfjs pixi comlink preact node'],
  'src/host': [['core', 'compile', 'data'], 'pixi comlink preact'],
  'src/storage': [['core'], 'tfjs pixi comlink preact node'],
  'src/worker': [['core', 'train', 'host', 'storage'], 'tfjs pixi preact node'],
  'src/node': [['core', 'compile', 'data', 'train', 'host', 'worker'], 'tfjs pixi preact'],
  'src/package': [['core', 'compile', 'data', 'train', 'host', 'agents'], 'backends pixi comlink preact'],
  'src/view': [['core'], 'tfjs comlink preact node'],
  'src/ui': [['core', 'data', 'storage', 'view', 'worker'], 'tfjs pixi comlink node'],
};

/** The floors of src/train, each over those before it: imports go down only. */
const FLOORS = 'record catalogue world recordings request parallel runs diagnosis checkpoints sweep'.split(
  ' ',
);

const CROSS = {
  regex: `^(\\.\\./)+(src/)?(${LAYERS.join('|')})/`,
  message: "Cross layers through their name: '#core/…', '#envs/…'.",
};
const CLIENT_ONLY = {
  group: [
    '#worker/*',
    '#worker/classifier/*',
    '#worker/gallery/*',
    '#worker/sweep/*',
    '#worker/time/*',
    '!#worker/client.ts',
    '!#worker/protocol.ts',
    '!#worker/classifier',
    '!#worker/classifier/protocol.ts',
    '!#worker/gallery',
    '!#worker/gallery/protocol.ts',
    '!#worker/sweep',
    '!#worker/sweep/client.ts',
    '!#worker/sweep/protocol.ts',
    '!#worker/time',
    '!#worker/time/protocol.ts',
  ],
  message: 'Of the workers, the page sees their client and their protocols.',
};
/** Of the data, the page sees what runs while the user draws, and the points of the plane; other data sets live in the worker. */
const PURE_DATA = {
  group: ['#data/*', '!#data/draw.ts', '!#data/plane-features.ts', '!#data/plane.ts'],
  message: 'Data sets live in the worker: ask it.',
};
const OWN_FOLDER = {
  regex: '^(\\.\\./)+[^./][^/]*/',
  message: "A world is its own folder: share through '#core/…' or its group's folder.",
};

const PURE = 'Worlds, agents and runs are pure: clocks, timers and the page come in as arguments.';
const IMPURE = [
  'setTimeout',
  'setInterval',
  'requestAnimationFrame',
  'performance',
  'document',
  'window',
  'localStorage',
  'fetch',
  'Date',
];

function forbidden(folder) {
  const [may, libraries] = RULES[folder];
  // Worlds do not see one another, so that even their own layer is closed to them.
  const own = folder === 'envs' ? [] : [folder.replace('src/', '')];
  const others = LAYERS.filter((layer) => !own.includes(layer) && !may.includes(layer));
  return [
    CROSS,
    ...libraries.split(' ').map((name) => ({ regex: HOMES[name][0], message: HOMES[name][1] })),
    {
      regex: `^#(${others.join('|')})/`,
      message: "This layer may not look there: see README, 'Layers'.",
    },
    ...(folder === 'envs' ? [OWN_FOLDER] : []),
    ...(folder === 'src/ui' ? [CLIENT_ONLY, PURE_DATA] : []),
  ];
}

/** The same for a folder of src/train, which may not look at those above it either. */
function forbiddenOnFloor(floor) {
  const above = FLOORS.slice(FLOORS.indexOf(floor) + 1);
  const upwards = {
    regex: `^(#train|\\.\\.)/(${above.join('|')})/`,
    message: `Imports in src/train go down only: ${FLOORS.join(' ← ')}.`,
  };
  return above.length > 0 ? [...forbidden('src/train'), upwards] : forbidden('src/train');
}

function restricted(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

export default {
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise'],
  options: {
    typeAware: true,
  },
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  ignorePatterns: ['/dist', '/lib', '/runs', 'src/compile/simd/kernels/**', '**/*.generated.ts'],
  rules: {
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'typescript/consistent-type-imports': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': 'error',
    'oxc/no-barrel-file': 'error',
    'max-lines': [
      'error',
      {
        max: 300,
        skipBlankLines: false,
        skipComments: false,
      },
    ],
    'no-restricted-properties': [
      'error',
      {
        object: 'Math',
        property: 'random',
        message: 'Randomness is an argument: take an Rng (src/core/rng.ts).',
      },
      {
        object: 'Date',
        property: 'now',
        message: 'Take a clock from src/host.',
      },
    ],
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-return': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'promise/always-return': 'off',
    'oxc/no-map-spread': 'off',
  },
  overrides: [
    ...Object.keys(RULES).map((folder) => restricted([`${folder}/**`], forbidden(folder))),
    ...FLOORS.map((floor) => restricted([`src/train/${floor}/**`], forbiddenOnFloor(floor))),
    restricted(
      ['src/main.ts'],
      forbidden('src/ui').filter(({ regex }) => regex !== CROSS.regex),
    ),
    {
      files: ['src/core/**', 'src/data/**', 'envs/**', 'agents/**', 'src/train/**'],
      rules: { 'no-restricted-globals': ['error', ...IMPURE.map((name) => ({ name, message: PURE }))] },
    },
    { files: ['*.config.{ts,mjs}'], rules: { 'import/no-default-export': 'off' } },
    { files: ['src/node/**', 'scripts/**', 'tests/**'], rules: { 'no-console': 'off' } },
  ],
};
