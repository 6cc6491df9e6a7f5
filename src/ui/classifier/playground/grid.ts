/** Places on a grid over the plane [−6, 6]², and the data's points, as a model sees them. */
import { parseConfig } from '#core/config.ts';
import type { Examples } from '#core/data-set.ts';
import { PlaneFeatures } from '#data/plane-features.ts';
import { planeSets } from '#data/plane.ts';
import { FEATURES, toRequest, type Feature, type Settings } from './settings.ts';

/** The plane's edge. */
export const EDGE = 6;
/** Cells a side of the neurons' heat maps and of the large one. With the points, the latter's rows stay below 8192. */
export const SMALL = 40;
export const LARGE = 80;

/** Where points lie, and their class or number. */
export interface Points {
  readonly count: number;
  /** [count × 2] */
  readonly places: Float32Array;
  readonly targets: Int32Array | Float32Array;
}

/** [side² × features] of the cells' centres, row by row from the top left. */
export function gridOf(side: number, chosen: readonly Feature[]): Float32Array {
  const features = featuresOf(chosen);
  const inputs = new Float32Array(side * side * chosen.length);
  for (let cell = 0; cell < side * side; cell++) {
    const x = (((cell % side) + 0.5) * 2 * EDGE) / side - EDGE;
    const y = EDGE - ((Math.floor(cell / side) + 0.5) * 2 * EDGE) / side;
    features.write(x, y, inputs, cell * chosen.length);
  }
  return inputs;
}

/** The data's points: the same as the worker's, since they follow from the settings alone. */
export function pointsOf(settings: Settings): { readonly train: Points; readonly test: Points } {
  const { data, dataConfig } = toRequest({ ...settings, features: ['x1', 'x2'] });
  const definition = planeSets.find(({ id }) => id === data);
  if (!definition) throw new Error(`${data}: expected a data set of the plane`);
  const { train, test } = definition.load(parseConfig(definition.config, dataConfig ?? {}, 'data'));
  return { train: placed(train), test: placed(test) };
}

/** [grid cells, then points × features], so that one prediction answers for all. */
export function placesOf(side: number, chosen: readonly Feature[], points: readonly Points[]): Float32Array {
  const features = featuresOf(chosen);
  const grid = gridOf(side, chosen);
  const count = points.reduce((sum, each) => sum + each.count, 0);
  const inputs = new Float32Array(grid.length + count * chosen.length);
  inputs.set(grid);
  let at = grid.length;
  for (const { places, count } of points)
    for (let k = 0; k < count; k++, at += chosen.length)
      features.write(places[2 * k], places[2 * k + 1], inputs, at);
  return inputs;
}

function placed({ count, inputs, targets }: Examples): Points {
  return { count, places: Float32Array.from(inputs), targets };
}

function featuresOf(chosen: readonly Feature[]): PlaneFeatures {
  const switches = Object.fromEntries(FEATURES.map((feature) => [feature, chosen.includes(feature)]));
  return new PlaneFeatures(switches as Readonly<Record<Feature, boolean>>);
}

const maps = new Map<string, Float32Array>();

/** [side²] what a feature makes of the plane. */
export function mapOf(feature: Feature, side: number): Float32Array {
  const key = `${feature} ${side}`;
  const map = maps.get(key) ?? gridOf(side, [feature]);
  maps.set(key, map);
  return map;
}
