/** All data sets and models as plain data, for the pickers and forms of the classifier. */
import { describe, type FieldDescription } from '#core/config.ts';
import type { DataSetDefinition } from '#core/data-set.ts';
import type { ModelPreset } from '#core/fit.ts';
import { augmentationTable } from '#data/augment.ts';
import { dataSets } from '#data/catalogue.ts';
import { models, type SupervisedModel } from './models.ts';

export interface DataEntry extends Pick<DataSetDefinition, 'id' | 'title' | 'summary' | 'attribution'> {
  readonly fields: readonly FieldDescription[];
  /** What files the user has to give, in words; absent if none. */
  readonly takes?: string;
  /** Whether there is nothing to load without them. */
  readonly needsFiles: boolean;
}

export interface ModelEntry extends Pick<SupervisedModel, 'id' | 'title' | 'summary' | 'main'> {
  readonly fields: readonly FieldDescription[];
  readonly presets: readonly ModelPresetEntry[];
}

export interface ModelPresetEntry extends ModelPreset<Readonly<Record<string, unknown>>> {
  readonly id: string;
}

export interface FitCatalogue {
  readonly data: readonly DataEntry[];
  readonly models: readonly ModelEntry[];
  /** Random changes of pictures, the same for all models. */
  readonly augment: readonly FieldDescription[];
}

export function fitCatalogue(): FitCatalogue {
  return {
    data: dataSets.map(describeData),
    models: models.map(describeModel),
    augment: describe(augmentationTable),
  };
}

function describeData(data: DataSetDefinition): DataEntry {
  const { id, title, summary, attribution, config } = data;
  const takes = data.kind === 'files' && data.takes !== undefined ? { takes: data.takes } : {};
  const needsFiles = data.kind === 'files' && data.shipped.length === 0;
  return { id, title, summary, attribution, fields: describe(config), ...takes, needsFiles };
}

export function describeModel({ id, title, summary, config, main, presets }: SupervisedModel): ModelEntry {
  const entries = Object.entries(presets).map(([name, preset]) => ({ id: name, ...preset }));
  return { id, title, summary, main, fields: describe(config), presets: entries };
}
