/** Holds the classifier's fit, its data and its backend, and loads the data that a request asks for. */
import { parseConfig } from '#core/config.ts';
import type { DataSet, DataSource, GivenFile } from '#core/data-set.ts';
import { refusal, show } from '#core/errors.ts';
import type { Snapshot } from '#core/snapshot.ts';
import { describePlans, plannedNetworks, type NetworkEntry } from '#train/checkpoints/networks.ts';
import { ModelLooker } from '#train/insight/model-look.ts';
import type { NetworkLook } from '#train/insight/network-look.ts';
import { checkData, dataSpec, resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { ModelRun } from '#train/runs/model.ts';
import { BackendInUse, type CreateCompute, type HostCompute } from '../backend-in-use.ts';
import type { FitInfo, FitSetup } from './protocol.ts';

/** Rows of metrics that are kept for checkpoints. */
const KEPT_ROWS = 100_000;

/** The last data loaded, and what they were loaded from. */
interface Loaded {
  readonly key: string;
  readonly files: readonly File[];
  readonly data: DataSet;
}

export class FitHolder {
  readonly backend: BackendInUse;
  private readonly shipped: DataSource['shipped'];
  private loaded: Loaded | undefined;
  private current: ModelRun | undefined;
  /** While somebody looks. */
  private looker: { readonly of: ModelRun; readonly is: ModelLooker } | undefined;

  constructor(createCompute: CreateCompute, shipped: DataSource['shipped']) {
    this.backend = new BackendInUse(createCompute);
    this.shipped = shipped;
  }

  get run(): ModelRun | undefined {
    return this.current;
  }

  /**
   * Replaces the current fit, which stays if the request, its data or what was saved of it are refused. A backend that does not
   * work gives way to the next.
   */
  async replace({ request, backend, files, avoid }: FitSetup, saved?: Snapshot): Promise<ModelRun> {
    const setup = resolveFit(request);
    const data = await this.load(setup.data, setup.dataConfig, files);
    const make = async (compute: HostCompute): Promise<ModelRun> => {
      const run = await ModelRun.create(setup, data, compute, KEPT_ROWS);
      try {
        if (saved) await run.restore(saved);
        return run;
      } catch (error) {
        run.dispose();
        throw error;
      }
    };
    const { is } = this.backend;
    if (is && this.backend.choice === backend) {
      const run = await make(is);
      this.current?.dispose();
      return (this.current = run);
    }
    // A thread has one backend at a time.
    this.current?.dispose();
    this.current = undefined;
    this.backend[Symbol.dispose]();
    this.backend.avoid(avoid);
    return (this.current = await this.backend.make(backend, make, { yields: true }));
  }

  /** The networks that a request plans for the data at hand. Throws an `InputError` if it is for others. */
  plan(request: FitRequest): readonly NetworkEntry[] {
    const setup = resolveFit(request);
    const { current } = this;
    if (current?.setup.data.id !== setup.data.id)
      throw refusal('data', 'data that have been loaded', show(setup.data.id));
    checkData(setup, current.data);
    return describePlans(plannedNetworks(setup.model.networks(dataSpec(current.data), setup.config)));
  }

  /** The networks of a fit as they are now. */
  look(run: ModelRun): readonly NetworkLook[] {
    if (this.looker?.of !== run) this.looker = { of: run, is: new ModelLooker(run) };
    return this.looker.is.look();
  }

  lookAway(): void {
    this.looker = undefined;
  }

  describe(number: number, run: ModelRun): FitInfo {
    const { data, setup, model } = run;
    const { size: batchSize, perEpoch, heldOut } = run.split;
    const spec = { shape: data.train.shape, task: data.task };
    const layers = run.network.layers.map(({ layer, output, parameters }) => {
      const { kind, ...settings } = layer;
      return { kind, settings, shape: output, parameters };
    });
    return {
      run: number,
      request: setup.request,
      ...spec,
      features: data.features,
      counts: { train: data.train.count - heldOut, validation: heldOut, test: data.test.count },
      batchSize,
      perEpoch,
      layers,
      parameters: model.tensors().reduce((sum, { values }) => sum + values.length, 0),
      backend: this.backend.info,
    };
  }

  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
    this.looker = undefined;
    this.backend[Symbol.dispose]();
    this.loaded = undefined;
  }

  private async load(
    definition: ReturnType<typeof resolveFit>['data'],
    config: Readonly<Record<string, unknown>>,
    files: readonly File[],
  ): Promise<DataSet> {
    const key = JSON.stringify([definition.id, config]);
    const { loaded } = this;
    const same = (other: readonly File[]): boolean =>
      other.length === files.length && other.every((file, k) => file === files[k] || alike(file, files[k]));
    if (loaded?.key === key && same(loaded.files)) return loaded.data;
    const parsed = parseConfig(definition.config, config, 'data');
    const source = { given: files.map(given), shipped: this.shipped };
    const data =
      definition.kind === 'generated' ? definition.load(parsed) : await definition.load(parsed, source);
    this.loaded = { key, files, data };
    return data;
  }
}

function given(file: File): GivenFile {
  // Node's structured clone leaves a blob without a name.
  const { name = 'a file' } = file as { readonly name?: string };
  return { name, bytes: file.size, read: async () => new Uint8Array(await file.arrayBuffer()) };
}

function alike(a: File, b: File): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}
