/**
 * Signs of life of a worker that is at work. While it works without a pause it cannot answer, but it can say that it gets on; and
 * a worker that answers may still wait for something that never comes. So the page asks for work that is done, not for answers.
 */
import type { HostCompute } from './backend-in-use.ts';
import type { Vital } from './protocol.ts';

type Task = 'command' | 'long';
type Runner = Awaited<ReturnType<HostCompute['compile']>>;

/** Milliseconds of work after which a worker that has had no chance to answer says that it gets on. */
const GAP = 1000;

export class Pulse {
  private readonly now: () => number;
  private readonly tell: (vital: Vital) => void;
  private work = 0;
  private told = 0;
  /** Tasks in progress that may take long without a sign. */
  private readonly tasks: Record<Task, number> = { command: 0, long: 0 };
  /** Whether there should be work. */
  isWorking: () => boolean = () => false;

  constructor(now: () => number, tell: (vital: Vital) => void) {
    this.now = now;
    this.tell = tell;
  }

  vital(): Vital {
    const { work, tasks } = this;
    if (tasks.long > 0) return { work, busy: 'long' };
    if (tasks.command > 0) return { work, busy: 'command' };
    return { work, busy: this.isWorking() ? 'work' : 'rest' };
  }

  /** A piece of work is done, at this time; messages may have been handled since the piece before, or not. */
  beat(time = this.now()): void {
    this.work++;
    if (time - this.told < GAP) return;
    this.told = time;
    this.tell(this.vital());
  }

  /** A task that may take long: the page is more patient meanwhile, with what compiles or loads most of all. */
  async during<T>(task: () => T | Promise<T>, kind: Task = 'long'): Promise<T> {
    this.begin(kind);
    try {
      return await task();
    } finally {
      this.end(kind);
    }
  }

  /** The same for a task that may answer at once, and for its promise if it does not. */
  private held<T>(task: () => T): T {
    this.begin();
    try {
      const result = task();
      if (!(result instanceof Promise)) return result;
      this.begin();
      return result.finally(() => this.end()) as T;
    } finally {
      this.end();
    }
  }

  private begin(kind: Task = 'long'): void {
    // Told before: a task that compiles lets no message through.
    if (this.tasks[kind]++ === 0) this.tell(this.vital());
  }

  private end(kind: Task = 'long'): void {
    this.work++;
    this.told = this.now();
    if (--this.tasks[kind] === 0) this.tell(this.vital());
  }

  /** The same executor with a beat after every run of a step. Compiling takes long, and so may the first run, which compiles, too. */
  watch(compute: HostCompute): HostCompute {
    const compile: HostCompute['compile'] = (...step) =>
      this.held(() => {
        const made = compute.compile(...step);
        return made instanceof Promise ? made.then((runner) => this.runner(runner)) : this.runner(made);
      });
    return Object.create(compute, { compile: { value: compile } }) as HostCompute;
  }

  private runner(runner: Runner): Runner {
    let isFirst = true;
    return {
      run: (inputs, read) => {
        if (isFirst) {
          isFirst = false;
          return this.held(() => runner.run(inputs, read));
        }
        const result = runner.run(inputs, read);
        if (!(result instanceof Promise)) {
          this.beat();
          return result;
        }
        return result.finally(() => this.beat());
      },
      readState: (names, into) => runner.readState(names, into),
      getState: () => runner.getState(),
      setState: (values) => runner.setState(values),
      dispose: () => runner.dispose(),
    };
  }
}
