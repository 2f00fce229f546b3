// The known name nearest to a misspelled one, by Levenshtein distance: for notes about rules, and for the options of the public
// functions, which are refused when they are misspelled.

/** Notes are for typing errors; a list longer than this is searched only as far. */
const MAX_CANDIDATES = 20_000;
const MAX_LENGTH = 64;

/** The nearest of `known`, if at most so many characters differ, by default a third of `name`; the first one wins a tie. */
export function nearestName(
  name: string,
  known: Iterable<string>,
  maxDistance: number = Math.max(1, Math.floor(name.length / 3)),
): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let limit = maxDistance;
  let seen = 0;
  for (const candidate of known) {
    if (++seen > MAX_CANDIDATES) break;
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    best = candidate;
    if (distance === 0) break;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return best;
}

/** The end of a message about a name that nobody knows; undefined when none of `known` is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const nearest = nearestName(name, known);
  return nearest === undefined ? undefined : `did you mean '${nearest}'?`;
}

/** The distance; anything above `limit` when it is larger. */
function editDistance(a: string, b: string, limit: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length]!;
}

/**
 * One object may hold the options of several functions, so a key that resembles none of `known` is let be.
 * @throws TypeError for one that is nearly an option's name
 */
export function refuseMisspelled(options: object, known: readonly string[]): void {
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || known.includes(key)) continue;
    const help = didYouMean(key, known);
    if (help !== undefined) throw new TypeError(`${key}: unknown option, ${help}`);
  }
}
