/** What a model is told of a point in the plane: its coordinates, or functions of them, as TensorFlow Playground offers. */
import { toggle } from '#core/config.ts';
import { refusal } from '#core/errors.ts';

interface Feature {
  readonly name: string;
  readonly of: (x: number, y: number) => number;
}

const features = {
  x1: { name: 'x₁', of: (x) => x },
  x2: { name: 'x₂', of: (_, y) => y },
  x1Squared: { name: 'x₁²', of: (x) => x * x },
  x2Squared: { name: 'x₂²', of: (_, y) => y * y },
  product: { name: 'x₁x₂', of: (x, y) => x * y },
  sinX1: { name: 'sin x₁', of: (x) => Math.sin(x) },
  sinX2: { name: 'sin x₂', of: (_, y) => Math.sin(y) },
} as const satisfies Readonly<Record<string, Feature>>;

type Key = keyof typeof features;
const keys = Object.keys(features) as readonly Key[];

/** A switch per feature; the coordinates alone are on. */
export const featureFields = Object.fromEntries(
  keys.map((key) => {
    const { name } = features[key];
    const help = `Gives the model ${name} as an input.`;
    return [key, toggle({ label: name, theme: 'Features', help, default: key === 'x1' || key === 'x2' })];
  }),
) as Readonly<Record<Key, ReturnType<typeof toggle>>>;

/** The chosen features of points, and of any other place in the plane. */
export class PlaneFeatures {
  readonly names: readonly string[];
  private readonly chosen: readonly Feature[];

  constructor(config: Readonly<Record<Key, boolean>>) {
    this.chosen = keys.filter((key) => config[key]).map((key) => features[key]);
    this.names = this.chosen.map(({ name }) => name);
    if (this.chosen.length === 0) throw refusal('data.x1', 'one feature at least', 'none');
  }

  /** Writes the features of a point from an offset on. */
  write(x: number, y: number, into: Float32Array, offset: number): void {
    const { chosen } = this;
    for (let k = 0; k < chosen.length; k++) into[offset + k] = chosen[k].of(x, y);
  }
}
