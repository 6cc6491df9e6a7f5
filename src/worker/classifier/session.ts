/** The worker's side of the classifier: the commands of its fit, and the looks into it. */
import type { Parameter } from '#core/fit.ts';
import { type FitRequest } from '#train/request/resolve-fit.ts';
import type { ModelRun, Part } from '#train/runs/model.ts';
import type { Scores } from '#train/runs/scores.ts';
import { outcomeLater, outcomeOf } from '../outcome.ts';
import type { NetworkEntry, NetworkLook, Outcome } from '../protocol.ts';
import { type Begun, type Pieces } from './analyses.ts';
import { Analyst } from './analyst.ts';
import type {
  AnalysisKind,
  Attacked,
  AttackCurve,
  ClassifierApi,
  ExampleRows,
  Stimulus,
  TopExamples,
} from './protocol.ts';

import { FitSession } from './fit-session.ts';

type Inputs = Uint8Array | Float32Array;

export class ClassifierSession extends FitSession implements ClassifierApi {
  planNetworks(request: FitRequest): Outcome<readonly NetworkEntry[]> {
    return outcomeOf(() => this.holder.plan(request));
  }

  lookAtNetworks(): Promise<Outcome<readonly NetworkLook[]>> {
    return this.withRun(async (run) => {
      await run.synced();
      return this.holder.look(run);
    });
  }

  lookAway(): void {
    this.holder.lookAway();
  }

  evaluate(part: Part): Promise<Outcome<Scores>> {
    // Of no kind that a newer one would end.
    return this.analyse(Symbol('evaluate'), (_, run) => run.measured(part));
  }

  predict(inputs: Inputs): Promise<Outcome<Float32Array>> {
    return this.look((analyst) => analyst.predict(inputs));
  }

  activations(inputs: Inputs): Promise<Outcome<readonly Float32Array[]>> {
    return this.look((analyst) => analyst.activations(inputs));
  }

  tensors(): Promise<Outcome<readonly Parameter[]>> {
    return this.withRun(async (run) => {
      await run.synced();
      return run.model.tensors().map(({ name, shape, values }) => ({ name, shape, values: values.slice() }));
    });
  }

  setParameter(name: string, index: number, value: number): Promise<Outcome<undefined>> {
    this.analyses.giveUp();
    return this.withRun(async ({ model }) => {
      await model.setParameter(name, index, value);
      return undefined;
    });
  }

  examples(part: 'train' | Part, rows: Int32Array): Promise<Outcome<ExampleRows>> {
    return this.look((analyst) => analyst.examples(part, rows));
  }

  saliency(input: Inputs, output: number, by: 'gradient' | 'occlusion'): Promise<Outcome<Float32Array>> {
    return this.analyse('saliency', (analyst) => analyst.saliency(input, output, by));
  }

  attack(input: Uint8Array, label: number, epsilon: number, by: 'fgsm' | 'pgd'): Promise<Outcome<Attacked>> {
    return this.analyse('attack', (analyst) => analyst.attack(input, label, epsilon, by));
  }

  robustness(epsilons: readonly number[], count: number): Promise<Outcome<AttackCurve>> {
    return this.analyse('robustness', (analyst) => analyst.robustness(epsilons, count));
  }

  stimulus(layer: number, feature: number): Promise<Outcome<Stimulus>> {
    return this.analyse('stimulus', (analyst) => analyst.stimulus(layer, feature));
  }

  topExamples(layer: number, kept: number, count: number): Promise<Outcome<TopExamples>> {
    return this.analyse('topExamples', (analyst) => analyst.topExamples(layer, kept, count));
  }

  landscape(side: number, count: number, seed: number): Promise<Outcome<Float32Array>> {
    return this.analyse('landscape', (analyst) => analyst.landscape(side, count, seed));
  }

  stopAnalysis(kind: AnalysisKind): void {
    this.analyses.giveUp(kind);
  }

  /** What is answered at once. */
  private look<T>(ask: (analyst: Analyst) => T): Promise<Outcome<T>> {
    return this.withRun(async (run) => {
      await run.synced();
      return ask(new Analyst(run));
    });
  }

  /** What is answered piece by piece. */
  private analyse<T>(
    kind: AnalysisKind | symbol,
    ask: (analyst: Analyst, run: ModelRun) => Pieces<T>,
  ): Promise<Outcome<T>> {
    const begin = async (): Promise<Begun<T>> => {
      const run = this.fit();
      await run.synced();
      return { pieces: ask(new Analyst(run), run), kept: run.model.keep() };
    };
    return outcomeLater(() => this.analyses.run(kind, begin));
  }
}
