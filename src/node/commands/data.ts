/** `ludus data [set]`: the list of data sets, or what one of them holds, with its first examples. */
import type { Command } from '@commander-js/extra-typings';
import { describe, parseConfig } from '#core/config.ts';
import { findDataSet, type DataSet, type DataSetDefinition, type Examples } from '#core/data-set.ts';
import { dataSets } from '#data/catalogue.ts';
import { dataSource, fromOption } from '../data-files.ts';
import { formatFields } from '../fields.ts';
import { pairsOption } from '../options.ts';
import { examples, formatNumber, formatTable, printJson, printLine, wantsJson } from '../output.ts';
import { picturesAsText } from '../pictures.ts';

/** Rows of a table that are shown. */
const ROWS = 5;

export function data(command: Command): void {
  command
    .argument('[set]', 'a data set id; without one, all data sets are listed')
    .addOption(fromOption())
    .addOption(pairsOption('--set <key=value>', 'Setting of the data set'))
    .option('--json', 'Print JSON, one line per data set; the default when piped')
    .addHelpText(
      'after',
      examples('data', 'data mnist', 'data spiral --set noise=0.2', 'data csv --from table.csv'),
    )
    .action(async (id, { from, set, json }) => {
      if (id === undefined) {
        if (wantsJson(json)) for (const entry of dataSets) printJson(described(entry));
        else printLine(list());
        return;
      }
      const definition = findDataSet(dataSets, id, 'set');
      const config = parseConfig(definition.config, set ?? {}, 'data');
      // What needs files of the user is described without them, too.
      const isOpen = definition.kind === 'generated' || definition.shipped.length > 0 || from !== undefined;
      const loaded = isOpen ? await definition.load(config, dataSource(from)) : undefined;
      if (wantsJson(json)) printJson({ ...described(definition), ...(loaded && contents(loaded)) });
      else printLine(card(definition, loaded));
    });
}

function described(definition: DataSetDefinition) {
  const { id, title, summary, kind, attribution, config } = definition;
  const takes = definition.kind === 'files' ? definition.takes : undefined;
  return {
    id,
    title,
    summary,
    kind,
    ...(takes !== undefined && { takes }),
    attribution,
    fields: describe(config),
  };
}

function contents({ task, features, train, test }: DataSet) {
  return { task, features, shape: train.shape, train: counts(train, task), test: counts(test, task) };
}

/** How many examples there are, and of each class. */
function counts({ count, targets }: Examples, task: DataSet['task']) {
  if (task.kind === 'regression') return { count };
  const classes = task.names.map(() => 0);
  for (const label of targets) classes[label]++;
  return { count, classes };
}

function list(): string {
  const rows = dataSets.map((entry) => [entry.id, needs(entry), entry.attribution.licence, entry.summary]);
  return formatTable(['data set', 'from', 'licence', 'description'], rows);
}

function needs(definition: DataSetDefinition): string {
  if (definition.kind === 'generated') return 'itself';
  return definition.shipped.length > 0 ? 'this project' : '--from';
}

function card(definition: DataSetDefinition, loaded: DataSet | undefined): string {
  const { id, title, summary, attribution, config } = definition;
  return [
    `${title} (${id})`,
    summary,
    '',
    ...(loaded ? inside(loaded) : [`needs     --from <path...>: ${takesOf(definition)}`]),
    `source    ${attribution.text}${attribution.url === '' ? '' : `, ${attribution.url}`}`,
    `licence   ${attribution.licence}`,
    '',
    'Settings (--set key=value here, --data key=value of `ludus fit`)',
    formatFields(describe(config)),
    ...(loaded ? ['', 'First examples', firstExamples(loaded)] : []),
  ].join('\n');
}

function takesOf(definition: DataSetDefinition): string {
  return definition.kind === 'files' ? (definition.takes ?? 'nothing') : 'nothing';
}

function inside({ task, features, train, test }: DataSet): readonly string[] {
  const kind = train.inputs instanceof Uint8Array ? 'bytes' : 'numbers';
  return [
    `training  ${train.count} examples`,
    `testing   ${test.count} examples`,
    `input     ${kind} ${train.shape.join('×')}${features && features.length <= 10 ? `: ${features.join(', ')}` : ''}`,
    `target    ${task.kind === 'classes' ? `${task.names.length} classes` : 'numbers'}: ${task.names.join(', ')}`,
  ];
}

function firstExamples(set: DataSet): string {
  const { train, features, task } = set;
  if (train.shape.length === 3) return picturesAsText(set, process.stdout.columns ?? 80);
  const width = Math.min(train.shape[0], 8);
  const outputs = task.kind === 'classes' ? 1 : task.names.length;
  const rows = Array.from({ length: Math.min(ROWS, train.count) }, (_, k) => [
    ...Array.from(train.inputs.subarray(k * train.shape[0], k * train.shape[0] + width), formatNumber),
    ...Array.from(train.targets.subarray(k * outputs, (k + 1) * outputs), (target) =>
      task.kind === 'classes' ? task.names[target] : formatNumber(target),
    ),
  ]);
  const header = [
    ...Array.from({ length: width }, (_, k) => features?.[k] ?? `x${k + 1}`),
    ...(task.kind === 'classes' ? ['class'] : task.names),
  ];
  return formatTable(
    header,
    rows,
    header.map((_, k) => k),
  );
}
