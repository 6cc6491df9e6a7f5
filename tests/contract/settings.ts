/** Every registered world, in every setting that its switches offer. */
import { settingsOf, type Setting } from '#package/contract/env-play.ts';
import { worlds } from '#train/catalogue/worlds.ts';

/** Every world as it comes. */
export const defaults: readonly Setting[] = worlds.map((world) => settingsOf(world)[0]);

/** Every world with one switch or choice at a time set otherwise. */
export const variants: readonly Setting[] = worlds.flatMap((world) => settingsOf(world).slice(1));
