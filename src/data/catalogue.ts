/** All data sets, in the order of the pickers. */
import type { DataSetDefinition } from '#core/data-set.ts';
import { csv } from './csv.ts';
import { iris } from './iris.ts';
import { mnist1d } from './mnist-1d.ts';
import { fashionMnist, kmnist, mnist, pictureFiles } from './pictures.ts';
import { planeSets } from './plane.ts';
import { line, logic } from './small.ts';

export const dataSets: readonly DataSetDefinition[] = [
  mnist,
  mnist1d,
  iris,
  ...planeSets,
  line,
  logic,
  fashionMnist,
  kmnist,
  pictureFiles,
  csv,
];
