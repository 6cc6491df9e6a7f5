/** Changes on their way to a worker, one at a time: of several to the same place, only the last is told. */

export class Latest<T> {
  private readonly waiting = new Map<string, T>();
  private readonly tellOne: (change: T) => Promise<void>;
  private readonly run: (command: () => Promise<void>) => Promise<void>;
  private isTelling = false;

  /** `run` runs a command and reports its errors; it never rejects. */
  constructor(run: (command: () => Promise<void>) => Promise<void>, tellOne: (change: T) => Promise<void>) {
    this.run = run;
    this.tellOne = tellOne;
  }

  /** Resolves when all changes have been told; at once if an earlier call is telling them. */
  async tell(place: string, change: T): Promise<void> {
    this.waiting.set(place, change);
    if (this.isTelling) return;
    this.isTelling = true;
    await this.run(async () => {
      for (let [entry] = this.waiting; entry; [entry] = this.waiting) {
        this.waiting.delete(entry[0]);
        await this.tellOne(entry[1]);
      }
    });
    this.isTelling = false;
  }
}
