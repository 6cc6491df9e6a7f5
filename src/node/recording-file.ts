/** Recordings as files: every finished episode is appended as a whole, so that an interruption loses none of them. */
import { closeSync, existsSync, ftruncateSync, readFileSync } from 'node:fs';
import { InputError, refusal, show } from '#core/errors.ts';
import {
  headerProblems,
  parseRecording,
  recordingLine,
  type RecordedEpisode,
  type Recording,
  type RecordingHeader,
} from '#train/recordings/recording.ts';
import { appendWhole, openToAppend, reason, removeQuietly } from './files.ts';
import { Lock } from './lock.ts';

export class RecordingFile implements Disposable {
  readonly path: string;
  /** Episodes added since it was opened. */
  added = 0;
  private readonly file: number;
  private readonly lock: Lock;

  private constructor(path: string, file: number, lock: Lock) {
    this.path = path;
    this.file = file;
    this.lock = lock;
  }

  /**
   * Creates a file, or appends to one with the same header: an `InputError` names the fields that differ. An incomplete last
   * line, left by an interruption, is removed.
   */
  static open(path: string, header: RecordingHeader): RecordingFile {
    const lock = Lock.ofFile(path, '--record');
    try {
      return RecordingFile.openLocked(path, header, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private static openLocked(path: string, header: RecordingHeader, lock: Lock): RecordingFile {
    const before = existsSync(path) ? readText('--record', path) : '';
    const whole = before.lastIndexOf('\n') + 1;
    if (before !== '') {
      const problems = headerProblems(header, parseRecording(before.slice(0, whole || undefined)).header);
      if (problems.length > 0) throw new InputError(problems);
    }
    const opened = new RecordingFile(path, openToAppend(path), lock);
    if (whole < before.length) {
      process.stderr.write(`${path}: removed its incomplete last line\n`);
      ftruncateSync(opened.file, Buffer.byteLength(before.slice(0, whole)));
    }
    if (before === '') opened.begin(header);
    return opened;
  }

  add(episode: RecordedEpisode): void {
    appendWhole(this.file, this.path, recordingLine(episode));
    this.added++;
  }

  private begin(header: RecordingHeader): void {
    try {
      appendWhole(this.file, this.path, recordingLine(header));
    } catch (error) {
      removeQuietly(this.path);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.file);
    this.lock.release();
  }
}

/** Reads and checks a recording with at least one episode; `flag` names the file in errors. */
export function readRecording(flag: string, path: string): Recording {
  if (!existsSync(path)) throw refusal(flag, 'a recording', `${show(path)}, which does not exist`);
  const recording = parseRecording(readText(flag, path));
  if (recording.episodes.length === 0)
    throw refusal(flag, 'a recording with at least one episode', `${show(path)}, which has none`);
  return recording;
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw refusal(flag, 'a recording', `${show(path)}: ${reason(error)}`);
  }
}
