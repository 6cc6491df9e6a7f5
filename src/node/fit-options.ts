/** The options that describe a fit, and the data that it is to have. */
import type { Command } from '@commander-js/extra-typings';
import { parseConfig } from '#core/config.ts';
import type { DataSet } from '#core/data-set.ts';
import { refusal, show } from '#core/errors.ts';
import { modelSettings, type SavedWeights } from '#train/checkpoints/weights.ts';
import { resolveFit, type FitSetup } from '#train/request/resolve-fit.ts';
import { dataSource, fromOption } from './data-files.ts';
import { pairsOption, textOption, type Pairs } from './options.ts';
import { idleFit, refuseIdle } from './run-options.ts';

export interface FitOptions {
  readonly model?: string | undefined;
  readonly preset?: string | undefined;
  readonly set?: Pairs | undefined;
  readonly data?: Pairs | undefined;
  readonly augment?: Pairs | undefined;
  readonly seed?: string | number | undefined;
}

/** The options of a fit but its seed, whose default depends on the command, and its files. */
export const FIT_OPTIONS = ['model', 'preset', 'set', 'data', 'augment'] as const;

/** The model where none is named. */
const USUAL_MODEL = 'mlp';

/** Declares `FIT_OPTIONS` and `--from`. */
export function withFitOptions<Args extends unknown[]>(command: Command<Args>) {
  return command
    .addOption(textOption('--model <id>', `Model (see \`ludus models\`; default: ${USUAL_MODEL})`))
    .addOption(
      textOption('--preset <name>', "Named set of the model's settings (see `ludus models <model>`)"),
    )
    .addOption(pairsOption('--set <key=value>', 'Setting of the model'))
    .addOption(dataOption())
    .addOption(pairsOption('--augment <key=value>', 'Random change of the pictures to learn from'))
    .addOption(fromOption());
}

export function dataOption() {
  return pairsOption('--data <key=value>', 'Setting of the data set (see `ludus data <set>`)');
}

/** The fit that the options describe of `data`. With `weights`, the model is theirs unless an option says something else. */
export function readFit(options: FitOptions, data: string | undefined, weights?: SavedWeights): FitSetup {
  if (data === undefined) throw refusal('data', 'a data set id (see `ludus data`)', 'nothing');
  const { preset, set = {}, data: dataConfig = {}, augment = {}, seed } = options;
  const theirs = modelSettings(weights);
  if (options.model !== undefined && theirs.model !== undefined && options.model !== theirs.model)
    throw refusal('--model', `${theirs.model}, whose weights these are`, show(options.model));
  const model = options.model ?? theirs.model ?? USUAL_MODEL;
  const setup = resolveFit({
    data,
    dataConfig,
    augment,
    model,
    config: { ...theirs.config, ...set },
    ...(preset === undefined ? {} : { preset }),
    ...(seed === undefined ? {} : { seed }),
  });
  refuseIdle(idleFit(setup, { set, data: dataConfig, augment }));
  return setup;
}

/** The data of a fit; `from`: the paths of the user's files, if it is made of them. */
export async function loadData(
  { data, dataConfig }: Pick<FitSetup, 'data' | 'dataConfig'>,
  from: readonly string[] | undefined,
): Promise<DataSet> {
  const config = parseConfig(data.config, dataConfig, 'data');
  const takes = data.kind === 'files' ? data.takes : undefined;
  if (from && takes === undefined)
    throw refusal(
      '--from',
      `nothing for ${data.id}, which comes without files of yours`,
      show(from.join(' ')),
    );
  if (!from && takes !== undefined) throw refusal('--from', takes, 'nothing');
  return data.kind === 'generated' ? data.load(config) : data.load(config, dataSource(from));
}
