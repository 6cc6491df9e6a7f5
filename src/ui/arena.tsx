/** The middle of the page: what is being watched in words, the picture of the world, and what the agent thinks of it. */
import { Eye, Gamepad2 } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Stage } from '#view/stage.ts';
import type { Action, Actions } from './actions.ts';
import { firstHint } from './keys.ts';
import { PlayKeys, PlayNumbers, Recorded } from './play-panel.tsx';
import type { Store } from './store.ts';
import { ActionButton } from './top-bar.tsx';
import { MEAN_OVER } from './record.ts';
import { count, figure, plural } from './values.ts';

interface ArenaProps {
  readonly store: Store;
  readonly actions: Actions;
}

export function Arena({ store, actions }: ArenaProps) {
  const { value: game } = store.humanPlays.game;
  const hint = game && !store.humanPlays.begun.value ? firstHint(game.realTime) : undefined;
  return (
    <section class="arena" aria-label="Arena">
      <div class="arena-head">
        <p class="watched" id="watched">
          {sentence(store)}
        </p>
        <TakeOverButton action={actions.startHumanPlay} taken={game !== undefined} />
        <ActionButton action={actions.view} class={store.overlay.value ? 'on' : ''}>
          <Eye size={16} aria-hidden />
        </ActionButton>
      </div>
      <div class="picture">
        <Canvas store={store} />
        {hint ? <p class="play-hint">{hint}</p> : null}
      </div>
      {game ? <PlayKeys store={store} /> : null}
      <div class="readout">
        <div class="told">
          {game ? <PlayNumbers store={store} /> : <Numbers store={store} />}
          <Recorded store={store} />
        </div>
        {store.overlay.value && !game ? <InspectionBars store={store} /> : null}
      </div>
    </section>
  );
}

function TakeOverButton({ action, taken }: { readonly action: Action; readonly taken: boolean }) {
  const keys = taken ? 'Esc or H' : 'H';
  return (
    <button
      type="button"
      id={action.id}
      class={`icon wide ${taken ? 'taken' : ''}`}
      disabled={!action.enabled()}
      aria-pressed={taken}
      aria-keyshortcuts={action.keyName}
      title={taken ? `Give the world back to the agent (${keys})` : `${action.label} (${keys})`}
      onClick={action.run}
    >
      <Gamepad2 size={16} aria-hidden /> {taken ? 'Give back' : 'Take over'} <kbd>{taken ? 'Esc' : 'H'}</kbd>
    </button>
  );
}

/** `DQN is learning CartPole.` */
function sentence(store: Store): string {
  const { value: info } = store.info;
  const entry = store.catalogue.value?.agents.find(({ id }) => id === info?.request.agent);
  if (!info || !entry) return store.phase.value === 'failed' ? 'Nothing is running.' : 'Getting ready …';
  if (store.humanPlays.game.value) return `You play ${info.spec.title}; ${entry.title} waits.`;
  const others = info.slots > 1 ? ` in ${info.slots} worlds at once; this is the first` : '';
  const what = `${entry.title} ${VERB[store.phase.value]} ${info.spec.title}${others}`;
  return store.speed.value === 'turbo' && store.phase.value === 'running'
    ? `${what}, as fast as it can: a glance now and then.`
    : `${what}.`;
}

const VERB = {
  starting: 'is getting ready for',
  running: 'is learning',
  paused: 'is paused in',
  failed: 'has stopped in',
} as const;

function Canvas({ store }: { readonly store: Store }) {
  const host = useRef<HTMLDivElement>(null);
  const [missing, setMissing] = useState<string>();
  useEffect(() => {
    let stage: Stage | undefined;
    let gone = false;
    const place = host.current;
    if (!place) return undefined;
    Stage.create(place).then(
      (made) => {
        if (gone) return made[Symbol.dispose]();
        stage = made;
        store.screen.drawOn((picture) => made.show(picture));
      },
      (error: unknown) => setMissing(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      gone = true;
      store.screen.drawOn(undefined);
      stage?.[Symbol.dispose]();
    };
  }, [store]);
  return (
    <div class="canvas" ref={host} role="img" aria-label={`The world ${store.info.value?.spec.title ?? ''}`}>
      {missing ? <p class="no-canvas">No picture, but it learns all the same: {missing}</p> : null}
    </div>
  );
}

/** Bars of the values or probabilities of each action in the state shown; the best one stands out. */
function InspectionBars({ store }: { readonly store: Store }) {
  const { actionValues, probabilities, value } = store.screen.inspection.value;
  const action = store.info.value?.spec.action;
  const numbers = actionValues ?? probabilities;
  if (!numbers || action?.kind !== 'discrete') return null;
  const best = numbers.indexOf(Math.max(...numbers));
  const low = actionValues ? Math.min(...numbers) : 0;
  const span = actionValues ? Math.max(...numbers) - low : 1;
  return (
    <figure
      class="inspection"
      aria-label={actionValues ? 'Value of each action' : 'Probability of each action'}
    >
      <figcaption>
        {actionValues ? 'Q(s, a)' : 'π(a | s)'}
        {value === undefined ? null : <span> · V(s) {figure(value)}</span>}
      </figcaption>
      {Array.from(numbers, (number, i) => (
        <div key={i} class="inspection-row" data-best={i === best || undefined}>
          <span class="inspection-name">{action.names[i]}</span>
          <span class="inspection-bar">
            <i style={{ width: `${span > 0 ? 6 + (94 * (number - low)) / span : 50}%` }} />
          </span>
          <span class="inspection-value">{figure(number)}</span>
        </div>
      ))}
    </figure>
  );
}

function Numbers({ store }: { readonly store: Store }) {
  const { steps, episodes } = store.progress.value;
  const episode = store.screen.episode.value;
  void store.record.version.value;
  return (
    <dl class="numbers">
      <Number id="steps" label="Steps" value={count(steps)} />
      <Number id="episodes" label="Episodes" value={count(episodes)} />
      <Number
        id="mean-return"
        label={`Mean return, last ${MEAN_OVER}`}
        value={figure(store.record.returns.latestMean)}
      />
      <Number
        id="episode-return"
        label="This episode"
        value={`${figure(episode.return)} in ${plural(episode.length, 'step')}`}
      />
    </dl>
  );
}

function Number({
  id,
  label,
  value,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd id={id}>{value}</dd>
    </div>
  );
}
