const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * As much of a text as fits into so many bytes of UTF-8, cut between characters as people see them; where the first alone is too long, between
 * code points.
 */
export function cutAt(text: string, most: number): string {
  if (text.length * 3 <= most || Buffer.byteLength(text) <= most) return text;
  let end = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, GRAPHEMES.segment(text).containing(end)?.index || end);
}

/** A text as lines of at most so many bytes, broken at spaces where there are any. */
export function wrapAt(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (Buffer.byteLength(longer) <= most) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    for (let head = cutAt(word, most); head !== word; head = cutAt(word, most)) {
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  return line === '' ? lines : [...lines, line];
}
