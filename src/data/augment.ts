/**
 * Augmentation of pictures: every example is shifted, turned, scaled and sheared a little, and bent elastically (Simard,
 * Steinkraus and Platt 2003), differently in every epoch. What happens to an example follows from seed, epoch and row alone,
 * not from the order or the thread in which it comes.
 */
import { z } from 'zod';
import { number } from '#core/config.ts';
import { mix } from '#core/rng.ts';
import { ElasticField } from './elastic.ts';
import type { Scale } from './scale.ts';

export const augmentationTable = z.object({
  shift: number({
    label: 'Shift',
    help: 'Moves pictures by up to so much along each axis.',
    unit: 'pixels',
    default: 0,
    min: 0,
    max: 10,
  }),
  rotation: number({
    label: 'Rotation',
    help: 'Turns pictures by up to so much either way; far enough, a 6 becomes a 9.',
    unit: 'degrees',
    default: 0,
    min: 0,
    max: 180,
  }),
  scale: number({
    label: 'Scale',
    help: 'Makes pictures smaller or larger by up to this share.',
    default: 0,
    min: 0,
    max: 0.5,
  }),
  shear: number({
    label: 'Shear',
    help: 'Slants pictures by up to so many pixels per pixel of height.',
    default: 0,
    min: 0,
    max: 1,
  }),
  elastic: number({
    label: 'Elastic',
    help: 'Bends pictures at random: α of Simard et al. 2003, who use 34 for digits, which moves a pixel by 1.4 pixels on average.',
    default: 0,
    min: 0,
    max: 100,
  }),
  smoothness: number({
    label: 'Smoothness',
    help: 'How far apart pixels bend alike: σ of Simard et al. 2003, who use 4.',
    unit: 'pixels',
    default: 4,
    min: 1,
    max: 10,
    when: { field: 'elastic', above: 0 },
  }),
});

export type Augmentation = z.output<typeof augmentationTable>;

/** Whether any picture changes. */
export function isAugmenting({ shift, rotation, scale, shear, elastic }: Augmentation): boolean {
  return [shift, rotation, scale, shear, elastic].some((size) => size > 0);
}

/** Zeros around a picture, so that sampling beside it needs no test; one is reached, the second allows for rounding. */
const MARGIN = 2;

/** 1 in fixed point, in which steps and interpolation are whole numbers: a tenth faster than floats, exact to 1/256 of a pixel. */
const ONE = 2 ** 16;

/** Writes changed pictures; it owns all memory that this takes. */
export class Augmenter {
  private readonly height: number;
  private readonly width: number;
  private readonly settings: Augmentation;
  private readonly seed: number;
  /** The picture with its margin. */
  private readonly padded: Uint8Array;
  private readonly stride: number;
  private readonly field: ElasticField | undefined;
  /** Where output (x, y) is taken from: [xx, xy, x0, yx, yy, y0], x = xx · x + xy · y + x0, in padded coordinates. */
  private readonly map = new Float64Array(6);

  /** `shape`: [height, width, 1]. */
  constructor(shape: readonly number[], settings: Augmentation, seed: number) {
    const [height, width, channels] = shape;
    if (shape.length !== 3 || channels !== 1)
      throw new Error(`augmentation: expected grey pictures [height, width, 1], got [${shape.join(', ')}]`);
    this.height = height;
    this.width = width;
    this.settings = settings;
    this.seed = seed;
    this.stride = width + 2 * MARGIN;
    this.padded = new Uint8Array(this.stride * (height + 2 * MARGIN));
    if (settings.elastic > 0) this.field = new ElasticField(height, width, settings);
  }

  /** Writes the picture in a row of `inputs` as changed in an epoch, from an offset on. */
  write(
    inputs: Uint8Array | Float32Array,
    row: number,
    epoch: number,
    { gain, bias }: Scale,
    into: Float32Array,
    offset: number,
  ): void {
    const key = mix(mix(mix(this.seed | 0, 0x617567), epoch), row);
    this.copy(inputs, row);
    this.draw(key);
    if (this.field) {
      this.field.draw(key);
      this.bend(this.field, gain[0], bias[0], into, offset);
    } else this.warp(gain[0], bias[0], into, offset);
  }

  private copy(inputs: Uint8Array | Float32Array, row: number): void {
    const { height, width, padded, stride } = this;
    let from = row * height * width;
    for (let y = 0; y < height; y++) {
      const to = (y + MARGIN) * stride + MARGIN;
      for (let x = 0; x < width; x++) padded[to + x] = inputs[from++];
    }
  }

  /** Draws the inverse map, from output to picture, about the picture's centre. */
  private draw(key: number): void {
    const { shift, rotation, scale, shear } = this.settings;
    const angle = (rotation * around(key, 0) * Math.PI) / 180;
    const size = 1 / (1 + scale * around(key, 1));
    const slant = shear * around(key, 2);
    const cos = Math.cos(angle) * size;
    const sin = Math.sin(angle) * size;
    const centreX = (this.width - 1) / 2;
    const centreY = (this.height - 1) / 2;
    const { map } = this;
    map[0] = cos;
    map[1] = sin + slant * cos;
    map[3] = -sin;
    map[4] = cos - slant * sin;
    const x = centreX + shift * around(key, 3);
    const y = centreY + shift * around(key, 4);
    map[2] = centreX - map[0] * x - map[1] * y + MARGIN;
    map[5] = centreY - map[3] * x - map[4] * y + MARGIN;
  }

  /** Bilinear sampling along straight lines: each row of the output is cut to where its line crosses the picture. */
  private warp(gain: number, bias: number, into: Float32Array, offset: number): void {
    const { height, width, padded, stride, map } = this;
    const dx = map[0];
    const dy = map[3];
    const stepX = Math.round(dx * ONE);
    const stepY = Math.round(dy * ONE);
    const unit = gain / ONE;
    for (let row = 0; row < height; row++) {
      const x0 = map[1] * row + map[2];
      const y0 = map[4] * row + map[5];
      const first = Math.max(0, Math.ceil(Math.max(enters(x0, dx, width), enters(y0, dy, height))));
      const last = Math.min(width - 1, Math.floor(Math.min(leaves(x0, dx, width), leaves(y0, dy, height))));
      const at = offset + row * width;
      const start = Math.min(first, width);
      for (let k = 0; k < start; k++) into[at + k] = bias;
      let x = Math.round((x0 + dx * first) * ONE);
      let y = Math.round((y0 + dy * first) * ONE);
      for (let k = first; k <= last; k++) {
        const corner = Math.imul(y >> 16, stride) + (x >> 16);
        const fx = (x >> 8) & 255;
        const a = padded[corner];
        const c = padded[corner + stride];
        const above = (a << 8) + Math.imul(fx, padded[corner + 1] - a);
        const below = (c << 8) + Math.imul(fx, padded[corner + stride + 1] - c);
        into[at + k] = ((above << 8) + Math.imul((y >> 8) & 255, below - above)) * unit + bias;
        x = (x + stepX) | 0;
        y = (y + stepY) | 0;
      }
      for (let k = Math.max(last + 1, start); k < width; k++) into[at + k] = bias;
    }
  }

  /** The same along bent lines: every place is brought to the margin if it lies beyond. */
  private bend(field: ElasticField, gain: number, bias: number, into: Float32Array, offset: number): void {
    const { height, width, padded, stride, map } = this;
    const right = width + MARGIN;
    const bottom = height + MARGIN;
    for (let row = 0, at = 0; row < height; row++)
      for (let k = 0; k < width; k++, at++) {
        const x = Math.min(Math.max(map[0] * k + map[1] * row + map[2] + field.dx[at], 0), right);
        const y = Math.min(Math.max(map[3] * k + map[4] * row + map[5] + field.dy[at], 0), bottom);
        const left = x | 0;
        const top = y | 0;
        const fx = x - left;
        const corner = top * stride + left;
        const above = padded[corner] + fx * (padded[corner + 1] - padded[corner]);
        const below = padded[corner + stride] + fx * (padded[corner + stride + 1] - padded[corner + stride]);
        into[offset + at] = (above + (y - top) * (below - above)) * gain + bias;
      }
  }
}

/** Uniform in [−1, 1): the k-th draw under a key. */
function around(key: number, k: number): number {
  return mix(key, k) / 2147483648;
}

/** Where a line from `start` enters the picture and what touches it, in steps; `size` along the axis. */
function enters(start: number, step: number, size: number): number {
  const low = MARGIN - 1;
  const high = size + MARGIN;
  if (step > 0) return (low - start) / step;
  if (step < 0) return (high - start) / step;
  return start > low && start < high ? -Infinity : Infinity;
}

/** Where it leaves it. */
function leaves(start: number, step: number, size: number): number {
  return -enters(start, -step, size);
}
