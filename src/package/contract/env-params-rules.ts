/** What the parameters of a world promise: to have an effect, and to be refused by field or to be playable at the ends of their ranges. */
import { describe as describeFields, parseConfig, type FieldDescription } from '#core/config.ts';
import { observationSize, type EnvDefinition, type EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { ends, meeting, missing } from './conditions.ts';
import { RandomPlay, trace } from './env-play.ts';
import { allFinite, demand, type Rule } from './rule.ts';

type Params = Readonly<Record<string, unknown>>;

/** A parameter of a world. */
export interface Param {
  readonly definition: EnvDefinition;
  readonly key: string;
  /** Its effect is seldom seen in random play: a goal on a hill, a second wave. */
  readonly rare?: boolean;
}

/** Every parameter of a world but levels and other structured data. */
export function paramsOf(definition: EnvDefinition, rare: readonly string[] = []): readonly Param[] {
  return describeFields(definition.params)
    .filter(({ kind }) => kind !== 'json')
    .map(({ key }) => ({ definition, key, rare: rare.includes(key) }));
}

const REFUSED = 'refused';
/** Steps in which an effect has to show. */
const EFFECT_STEPS = 600;

/** What can be seen of a world: its spec, and a hash of each step of random play in four slots; or that it is refused. */
function look(world: EnvDefinition, given: Params): string {
  let kernel: EnvKernel;
  try {
    kernel = world.create(parseConfig(world.params, given, 'world'));
  } catch (error) {
    if (error instanceof InputError) return REFUSED;
    throw error;
  }
  const play = new RandomPlay(kernel, { n: 4, seed: 5, actionSeed: 6 });
  return JSON.stringify([kernel.spec, trace(play, EFFECT_STEPS)]);
}

export const envParamRules: readonly Rule<Param>[] = [
  {
    name: 'does what its table says',
    check({ definition, key, rare }) {
      const fields = describeFields(definition.params);
      const field = fieldOf(fields, key);
      const values = field.kind === 'number' ? [...ends(field), field.default + 1] : ends(field);
      if (field.when !== 'never' && !rare) {
        const met = meeting(fields, key);
        const before = look(definition, met);
        const differs = values.some(
          (value) => ![before, REFUSED].includes(look(definition, { ...met, [key]: value })),
        );
        demand(differs, `expected an effect beside ${JSON.stringify(met)}, got none`);
      }
      for (const unmet of missing(fields, key)) {
        const before = look(definition, unmet);
        for (const value of ends(field)) {
          const same = look(definition, { ...unmet, [key]: value }) === before;
          demand(same, `expected no effect beside ${JSON.stringify(unmet)}, got one`);
        }
      }
    },
  },
];

function fieldOf(fields: readonly FieldDescription[], key: string): FieldDescription {
  const field = fields.find((one) => one.key === key);
  if (!field) throw new Error(`${key}: expected a field of the table`);
  return field;
}

/** Steps that are played at every end. */
const END_STEPS = 200;
/** Bytes of one slot, state and observation together: many slots have to fit. */
const SLOT = 4 * 2 ** 20;

export const envRangeRules: readonly Rule<EnvDefinition>[] = [
  {
    name: 'plays at the ends of its ranges, or refuses them by field',
    check(world) {
      for (const given of extremesOf(world)) {
        const kernel = make(world, given);
        if (!kernel) continue;
        const where = JSON.stringify(given);
        const size = bytesOf(kernel);
        demand(size < SLOT, `${where}: expected at most ${SLOT} bytes per slot, got ${size}`);
        const play = new RandomPlay(kernel, { n: 1, seed: 1, actionSeed: 2 });
        for (let t = 0; t < END_STEPS; t++) {
          play.step();
          demand(
            Number.isFinite(play.env.reward[0]),
            `${where}: expected a finite reward, got ${play.env.reward[0]}`,
          );
        }
        demand(allFinite(play.env.obs), `${where}: expected a finite observation`);
      }
    },
  },
];

/**
 * All settings in which at most two fields differ from their defaults, by their ends, besides what they need to have an
 * effect.
 */
function extremesOf({ params }: EnvDefinition): readonly Params[] {
  const fields = describeFields(params);
  const single: readonly (readonly Params[])[] = fields.map((field) =>
    ends(field).map((value) => ({ ...meeting(fields, field.key), [field.key]: value })),
  );
  const pairs = single.flatMap((of, k) =>
    single
      .slice(k + 1)
      .flatMap((others) => of.flatMap((one) => others.map((other) => ({ ...one, ...other })))),
  );
  return [...single.flat(), ...pairs];
}

/** The kernel, or undefined if its fields are refused, each by name. */
function make(world: EnvDefinition, given: Params): EnvKernel | undefined {
  try {
    return world.create(parseConfig(world.params, given, 'world'));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const keys = new Set(describeFields(world.params).map(({ key }) => `world.${key}`));
    for (const { field } of error.problems)
      demand(keys.has(field), `${JSON.stringify(given)}: expected the field that is refused, got ${field}`);
    return undefined;
  }
}

function bytesOf(kernel: EnvKernel): number {
  const columns = Object.values(kernel.allocate(2));
  return columns.reduce((sum, column) => sum + column.byteLength, 0) / 2 + 4 * observationSize(kernel.spec);
}
