/** A process that asks for the lock of a folder, and says why it does not get it. */
import { problemOf } from '#core/errors.ts';
import { Lock } from '#node/lock.ts';

const problem = problemOf(() => Lock.ofFolder(process.argv[2], '--out'));
process.stdout.write(`${problem?.got ?? 'taken'}\n`);
