/**
 * Turns a user's request for a fit (ids and raw values of options, a link or a form) into its setup. All mistakes but those of
 * the data themselves are found here, before anything is read or created, and named by their field.
 */
import { parseConfig } from '#core/config.ts';
import { findDataSet, type DataSet, type DataSetDefinition } from '#core/data-set.ts';
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import type { DataSpec, ModelPreset } from '#core/fit.ts';
import { known } from '#core/near.ts';
import { augmentationTable, isAugmenting, type Augmentation } from '#data/augment.ts';
import { dataSets } from '#data/catalogue.ts';
import { models, type SupervisedModel } from '../catalogue/models.ts';
import { byId, collect } from '../catalogue/names.ts';
import { parseSeed } from '../world/setup.ts';
import { checkShape } from './shape.ts';

/** A fit as the user describes it. Values may be text; a missing one takes the preset's value, else the default. */
export interface FitRequest {
  readonly data: string;
  /** Settings of the data set. */
  readonly dataConfig?: Readonly<Record<string, unknown>>;
  /** Random changes of pictures: see src/data/augment.ts. The preset may have some. */
  readonly augment?: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly preset?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** A whole number from 0; default 1. */
  readonly seed?: number | string;
}

/** A request with every value written out. */
export type CompleteFitRequest = Required<Omit<FitRequest, 'preset'>> & Pick<FitRequest, 'preset'>;

/** A request, validated and complete: plain data plus the definitions of data set and model. */
export interface FitSetup {
  /** With all values written out, so that a saved request keeps its meaning when a default changes. Serialisable. */
  readonly request: CompleteFitRequest;
  readonly data: DataSetDefinition;
  readonly dataConfig: Readonly<Record<string, unknown>>;
  readonly augment: Augmentation;
  readonly model: SupervisedModel;
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** The setup that a request describes. Throws an `InputError` that names every wrong field. */
export function resolveFit(request: FitRequest): FitSetup {
  checkShape(request, undefined, 'fit');
  const problems: Problem[] = [];
  const data = collect(problems, () => findDataSet(dataSets, request.data));
  const dataConfig =
    data && collect(problems, () => parseConfig(data.config, request.dataConfig ?? {}, 'data'));
  const model = collect(problems, () => findModel(request.model));
  const preset = model && collect(problems, () => findPreset(model, request.preset));
  const augment = collect(problems, () =>
    parseConfig(augmentationTable, request.augment ?? {}, 'augment', preset?.augment),
  );
  const config =
    model &&
    preset &&
    collect(problems, () => parseConfig(model.config, request.config ?? {}, 'model', preset.config));
  const seed = collect(problems, () => parseSeed(request.seed ?? 1));
  if (!data || !dataConfig || !augment || !model || !config || seed === undefined)
    throw new InputError(problems);
  return assemble({ data, dataConfig, augment, model, config, seed }, request.preset);
}

/** The model with this id. Throws an `InputError` with similar ids. */
export function findModel(id: string): SupervisedModel {
  return byId(models, id, { field: 'model', all: 'ludus models' });
}

/** What a model is told of its data. */
export function dataSpec({ train, task }: DataSet): DataSpec {
  return { shape: train.shape, task };
}

/** Throws an `InputError` if the model cannot learn these data. */
export function checkData({ model, config, augment }: FitSetup, data: DataSet): void {
  const spec = dataSpec(data);
  const { shape } = spec;
  if (isAugmenting(augment) && (shape.length !== 3 || shape[2] !== 1)) {
    const got = `inputs [${shape.join(', ')}]`;
    throw refusal('augment', 'grey pictures to change', got);
  }
  const problem = model.refuses(spec, config);
  if (problem) throw new InputError([problem]);
}

/** The setup with other values of the model's settings, already validated. */
export function withConfig(setup: FitSetup, config: FitSetup['config']): FitSetup {
  return assemble({ ...setup, config }, setup.request.preset);
}

function assemble(parts: Omit<FitSetup, 'request'>, preset: string | undefined): FitSetup {
  const { data, dataConfig, augment, model, config, seed } = parts;
  const named = preset === undefined ? {} : { preset };
  return {
    ...parts,
    request: { data: data.id, dataConfig, augment, model: model.id, ...named, config, seed },
  };
}

/** What a preset sets; without a name, nothing. */
function findPreset(
  { presets }: SupervisedModel,
  name: string | undefined,
): Pick<ModelPreset<Readonly<Record<string, unknown>>>, 'config' | 'augment'> {
  if (name === undefined) return { config: {} };
  if (Object.hasOwn(presets, name)) return presets[name];
  throw refusal('preset', known(name, Object.keys(presets)), show(name));
}
