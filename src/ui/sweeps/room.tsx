/** The room of sweeps: what `ludus sweep` has written, while it runs and after. */
import { render } from 'preact';
import type { WorkerLike } from '#worker/client.ts';
import { Brand } from '../parts/brand.tsx';
import { DropHint } from '../parts/drop-hint.tsx';
import { ThemeSwitch } from '../parts/theme-switch.tsx';
import { listenToDrops } from '../state/drops.ts';
import { Family } from './family.tsx';
import { InTurn } from './in-turn.tsx';
import { OpenSweep } from './open-sweep.tsx';
import { Problems } from './problems.tsx';
import { Rungs } from './rungs.tsx';
import { Scores } from './scores.tsx';
import { SettingsPlot } from './settings-plot.tsx';
import { dropSource, servedSource } from './source.ts';
import { Summary } from './summary.tsx';
import { SweepStore } from './sweep-store.ts';
import { TrialCard } from './trial-card.tsx';
import { TrialsTable } from './trials-table.tsx';
import './sweeps.css';

/** Mounts the room in an element. */
export function mountSweeps(root: HTMLElement, spawn: () => WorkerLike): void {
  document.title = 'Ludus: sweeps';
  const store = new SweepStore(spawn);
  const served = new URLSearchParams(location.hash.slice(1)).get('served');
  if (served !== null) void store.open(servedSource(served));
  render(<SweepsPage store={store} />, root);
  listenToDrops(globalThis, (event) => {
    const source = dropSource(event);
    if (source) void store.open(source);
  });
}

interface SweepsProps {
  readonly store: SweepStore;
}

function SweepsPage({ store }: SweepsProps) {
  return (
    <div class="sweeps">
      <header class="top sweeps-top">
        <Brand room="sweeps" />
        <div class="spring" />
        <ThemeSwitch />
      </header>
      <main class="sweeps-main">
        {store.reading.value ? <Sweep store={store} /> : <OpenSweep store={store} />}
      </main>
      <DropHint says="Drop the folder of a sweep, or its plan.json and results.jsonl" />
    </div>
  );
}

function Sweep({ store }: SweepsProps) {
  const { value: reading } = store.reading;
  if (!reading) return null;
  const { overview, incomplete } = reading;
  const { kind } = overview.search;
  const shared = { store, overview };
  return (
    <>
      <Problems store={store} />
      <Summary {...shared} incomplete={incomplete} />
      {overview.trials.length === 0 ? (
        <p class="sweep-none">No trial has a score yet.</p>
      ) : (
        <>
          <div class="sweep-pictures">
            {kind === 'pbt' ? (
              <InTurn value={overview} draw={(overview) => <Family store={store} overview={overview} />} />
            ) : null}
            {kind === 'halving' || kind === 'asha' ? (
              <InTurn value={overview} draw={(overview) => <Rungs store={store} overview={overview} />} />
            ) : null}
            <InTurn value={overview} draw={(overview) => <Scores store={store} overview={overview} />} />
            <InTurn
              value={overview}
              draw={(overview) => <SettingsPlot store={store} overview={overview} />}
            />
          </div>
          <div class="sweep-rows">
            <InTurn value={overview} draw={(overview) => <TrialsTable store={store} overview={overview} />} />
            <TrialCard {...shared} />
          </div>
        </>
      )}
    </>
  );
}
