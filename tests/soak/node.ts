/** The half of a soak in Node: every agent and every model in turn, stopped, killed and saved on a disk that fails. */
import { readdirSync } from 'node:fs';
import v8 from 'node:v8';
import vm from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { pick, type Half } from './half.ts';
import { faultyDisk } from './disk.ts';
import { killed } from './killed.ts';
import { filesOf } from './processes.ts';
import { nameOf, subjectOf } from './subjects.ts';
import { deadThread } from './threads.ts';
import { twins } from './twins.ts';

/** How often each: a process takes seconds to start. */
const KINDS = [
  ...Array.from({ length: 10 }, () => 'twins' as const),
  ...Array.from({ length: 4 }, () => 'disk' as const),
  'killed',
  'killed',
  'thread',
] as const;

export function nodeHalf(): Half {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  return {
    name: 'node',
    async leg(number, rng, note) {
      const subject = subjectOf(number, rng);
      // A process would have to be given the recording that it learns from.
      const needs = subject.kind === 'run' && subject.agent.needs === 'demonstrations';
      const kind = needs ? 'twins' : pick(rng, KINDS);
      note.name = `${kind}: ${nameOf(subject)}`;
      switch (kind) {
        case 'twins':
          return twins(subject, rng, note);
        case 'disk':
          return faultyDisk(subject, rng, note);
        case 'killed':
          return killed(subject, rng, note);
        case 'thread':
          return deadThread(rng, note);
      }
    },
    // A leg leaves nothing behind.
    async mend() {},
    async sample() {
      // What the first leaves to finalizers, the second frees.
      collect();
      await new Promise((next) => setImmediate(next));
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      return {
        heap: heapUsed / 1e6,
        buffers: external / 1e6,
        'resident memory': rss / 1e6,
        'open files': filesOf(process.pid),
        handles: process.getActiveResourcesInfo().length,
        threads: readdirSync('/proc/self/task').length,
        // `tf.memory()` would begin to start a backend where no leg has needed one.
        tensors: tf.engine().state.numTensors,
      };
    },
    async [Symbol.asyncDispose]() {},
  };
}
