/** The words of a command line given as one text: quotes keep spaces together, as in a shell. */
import { refusal, show } from '#core/errors.ts';

const WORD = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/y;

/** `field` names the text in the error about a quote that is not closed. */
export function wordsOf(text: string, field: string): readonly string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  let end = 0;
  for (let match = WORD.exec(text); match; match = WORD.exec(text)) {
    words.push(match[1].replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
    end = WORD.lastIndex;
  }
  if (text.slice(end).trim() !== '') throw refusal(field, 'quotes that are closed', show(text));
  return words;
}
