/** Worlds and agents that a file registers of its own: the catalogues list them while it runs. */
import { afterAll } from 'vitest';
import { agents } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';

/** To be called at the head of a file that registers some. */
export function forgetOwnDefinitions(): void {
  // The project's come first.
  const lists = [agents, worlds].map((list) => ({ list: list as unknown[], length: list.length }));
  afterAll(() => {
    for (const { list, length } of lists) list.splice(length);
  });
}
