/** Look inside: what a model's neurons like, what dropout does to features, how it is fooled, the loss around it. */
import type { ComponentType } from 'preact';
import { Adversarial } from '../inside/adversarial.tsx';
import { Dropout } from '../inside/dropout.tsx';
import { Landscape } from '../inside/landscape.tsx';
import { lookOf, showsPictures, VIEWS, type View } from '../inside/look.ts';
import { Neurons } from '../inside/neurons.tsx';
import type { Room, RoomProps } from '../state/room.ts';
import '../inside/inside.css';

const PARTS: Readonly<Record<View, { readonly title: string; readonly Part: ComponentType<RoomProps> }>> = {
  neurons: { title: 'Neurons', Part: Neurons },
  dropout: { title: 'Dropout', Part: Dropout },
  adversarial: { title: 'Fooling', Part: Adversarial },
  landscape: { title: 'Loss landscape', Part: Landscape },
};

export function Inside({ room }: RoomProps) {
  const look = lookOf(room);
  const { value: view } = look.view;
  const reason = whyNot(room, view);
  const { Part } = PARTS[view];
  return (
    <section class="inside" aria-label="Look inside">
      <nav class="inside-views segmented" aria-label="Views">
        {VIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === view}
            onClick={() => (look.view.value = each)}
          >
            {PARTS[each].title}
          </button>
        ))}
      </nav>
      {reason === undefined ? <Part room={room} /> : <p class="inside-wait">{reason}</p>}
    </section>
  );
}

/** Why a view has nothing to show; undefined if it has. */
function whyNot({ fit }: Room, view: View): string | undefined {
  const { value: info } = fit.info;
  if (!info) return 'Waiting for the model…';
  const { request, task } = info;
  const model = fit.catalogue.value?.models.find(({ id }) => id === request.model);
  if (view !== 'landscape' && !showsPictures(info))
    return 'This view needs pictures: choose MNIST, or picture files of yours, under Train.';
  if (view !== 'dropout' && request.model === 'perceptron')
    return 'A perceptron has no layers and no gradient to look into: choose another model under Train.';
  if (view === 'adversarial' && (task.kind !== 'classes' || request.model === 'autoencoder'))
    return `${model?.title ?? 'This model'} does not tell classes apart, so that there is nothing to fool: choose a classifier under Train.`;
  return undefined;
}
