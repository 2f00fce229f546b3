// The `getopt` transformer: POSIX short options of an argument vector.

/**
 * With a selector: the value of that option's last occurrence (its letter when it takes none, '' when the value is
 * missing), undefined without one. Without a selector: letters and values in order, `?` for unknown letters.
 */
export function getopt(
  words: readonly string[],
  options: string,
  selector: string | undefined,
): readonly string[] | undefined {
  const found = parseOptions(words, options);
  if (selector === undefined)
    return found.flatMap(({ letter, value }) => (value === undefined ? [letter] : [letter, value]));
  const last = found.findLast(({ letter, known }) => known && letter === selector);
  return last && [last.value ?? last.letter];
}

interface Option {
  readonly letter: string;
  readonly known: boolean;
  readonly value?: string;
}

function parseOptions(words: readonly string[], options: string): Option[] {
  const found: Option[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--' || word === '-' || !word.startsWith('-')) break;
    if (word.startsWith('--')) continue;
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const declared = letter === ':' ? -1 : options.indexOf(letter);
      if (declared < 0) found.push({ letter: '?', known: false });
      else if (options[declared + 1] !== ':') found.push({ letter, known: true });
      else {
        const attached = word.slice(i + 1);
        found.push({ letter, known: true, value: attached === '' ? (words[++at] ?? '') : attached });
        break;
      }
    }
  }
  return found;
}
