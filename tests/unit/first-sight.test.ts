/** The film of the first sight shows the recorded episode, which is replayed here by the world's own rules. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording } from '#train/recordings/recording.ts';
import { Film, type FilmFile } from '#ui/first-sight/film.ts';
import { framesOf } from '../../scripts/film.ts';

const text = readFileSync('src/ui/first-sight/film.json', 'utf8');
const file = JSON.parse(text) as FilmFile;
const recording = parseRecording(readFileSync('tests/unit/first-sight.recording.jsonl', 'utf8'));

test('every frame is what the world draws in the recorded episode, to a thousandth', () => {
  const { frames, fps } = framesOf(recording);
  const film = new Film(file);
  expect([film.length, file.fps]).toEqual([frames.length, fps]);
  expect(recording.episodes[0].player).toBe(file.agent);
  // Backwards too: the film is shown over and over.
  for (const k of [...frames.keys(), 0, 7, 3]) {
    const { numbers, count } = film.frame(k);
    expect(count * 9).toBe(frames[k].length);
    const apart = frames[k].map((number, at) => Math.abs(number - numbers[at]));
    expect(Math.max(...apart), `frame ${k}`).toBeLessThan(0.0006);
  }
});

test('the film is small, and long enough for something to be seen', () => {
  expect(text.length).toBeLessThan(20_000);
  expect(file.changes.length / file.fps).toBeGreaterThan(3);
});
