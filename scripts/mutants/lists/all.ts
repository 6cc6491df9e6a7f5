/** The fixed list. */
import { mutantsOf } from '../mutant.ts';
import { arcade } from './arcade.ts';
import { compiler } from './compiler.ts';
import { control } from './control.ts';
import { core } from './core.ts';
import { grids } from './grids.ts';
import { networks } from './networks.ts';
import { offPolicy } from './off-policy.ts';
import { onPolicy } from './on-policy.ts';
import { policy } from './policy.ts';
import { runs } from './runs.ts';
import { slots } from './slots.ts';
import { tabular } from './tabular.ts';
import { value } from './value.ts';

export const mutants = mutantsOf([
  ...core,
  ...slots,
  ...tabular,
  ...value,
  ...policy,
  ...onPolicy,
  ...offPolicy,
  ...networks,
  ...control,
  ...grids,
  ...arcade,
  ...runs,
  ...compiler,
]);
