// fnmatch(3) without flags, C locale, by following all pattern places at once over one character per byte. Malformed
// brackets follow the GNU library, where what they mean depends on the byte they are held against.

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t-\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
const NAMED_CLASS = /\[:([a-y]*):\]/y;
const EQUIVALENCE = /\[=(.)=\]/sy;
const COLLATING = /\[\.(.*?)\.\]/sy;
const SKIPPED = /\[:[a-y]*:\]|\[=.=\]|\[\..*?\.\]|\\.|\[(?![=.])|[^\][\\]/sy;
const NO_PLACE = -1;

/** Whether the whole text matches; `caseless` is `iglob`. Neither holds a NUL. */
export function globReference(pattern: Uint8Array, text: Uint8Array, caseless: boolean): boolean {
  const glob = Buffer.from(pattern).toString('latin1');
  let places = withStars(glob, [0]);
  for (const byte of text) {
    const character = String.fromCharCode(byte);
    const next: number[] = [];
    for (const place of places) {
      if (glob[place] === '*') next.push(place);
      else if (place < glob.length) next.push(afterElement(glob, place, character, caseless));
    }
    places = withStars(
      glob,
      next.filter((place) => place !== NO_PLACE),
    );
  }
  return places.has(glob.length);
}

/** A star may be left without reading anything. */
function withStars(glob: string, places: readonly number[]): ReadonlySet<number> {
  const all = new Set<number>();
  for (let place of places) {
    all.add(place);
    while (glob[place] === '*') all.add(++place);
  }
  return all;
}

function afterElement(glob: string, place: number, character: string, caseless: boolean): number {
  const fold = (text: string) => (caseless ? text.replace(/[A-Z]/, (letter) => letter.toLowerCase()) : text);
  switch (glob[place]) {
    case '?':
      return place + 1;
    case '[':
      return new Bracket(glob, place + 1, character, fold).match();
    case '\\':
      return place + 1 < glob.length && fold(glob[place + 1]!) === fold(character) ? place + 2 : NO_PLACE;
    default:
      return fold(glob[place]!) === fold(character) ? place + 1 : NO_PLACE;
  }
}

/** One bracket expression held against one character. */
class Bracket {
  readonly #glob: string;
  readonly #character: string;
  readonly #fold: (text: string) => string;
  readonly #start: number;
  #at: number;

  constructor(glob: string, start: number, character: string, fold: (text: string) => string) {
    this.#glob = glob;
    this.#start = start;
    this.#at = start;
    this.#character = character;
    this.#fold = fold;
  }

  match(): number {
    const negated = /[!^]/.test(this.#glob[this.#at] ?? '');
    if (negated) this.#at++;
    const first = this.#at;
    while (this.#at < this.#glob.length) {
      if (this.#glob[this.#at] === ']' && this.#at > first) return negated ? this.#at + 1 : NO_PLACE;
      const found = this.#item();
      if (found === 'malformed') return NO_PLACE;
      if (found === 'yes') return this.#found(negated);
    }
    return this.#literal();
  }

  /** An expression without an end is an ordinary `[`. */
  #literal(): number {
    return this.#character === '[' ? this.#start : NO_PLACE;
  }

  #take(shape: RegExp): string | undefined {
    shape.lastIndex = this.#at;
    const found = shape.exec(this.#glob);
    if (found === null) return undefined;
    this.#at = shape.lastIndex;
    return found[1];
  }

  #item(): 'yes' | 'no' | 'malformed' {
    const name = this.#take(NAMED_CLASS);
    if (name !== undefined) {
      const members = CLASSES[name];
      if (members === undefined) return 'malformed';
      return members.test(this.#character) ? 'yes' : 'no';
    }
    const same = this.#take(EQUIVALENCE);
    if (same !== undefined) return same === this.#character ? 'yes' : 'no';
    if (this.#glob.startsWith('[.', this.#at)) {
      const symbol = this.#take(COLLATING);
      if (symbol?.length !== 1) return 'malformed';
      return this.#single(symbol, this.#character, /^-./s);
    }
    if (this.#glob[this.#at] === '\\') this.#at++;
    const low = this.#glob[this.#at++];
    if (low === undefined) return 'malformed';
    return this.#single(this.#fold(low), this.#fold(this.#character), /^-[^\]]/);
  }

  /** A character by itself, or the range it begins; `opensRange` says what makes it not count by itself. */
  #single(low: string, character: string, opensRange: RegExp): 'yes' | 'no' | 'malformed' {
    const rest = this.#glob.slice(this.#at);
    if (!opensRange.test(rest) && low === character) return 'yes';
    if (!/^-(?!\])/.test(rest)) return 'no';
    const end = /^-(?:\[\.(.)\.\]|(?!\[\.)(?:\\(.)|([^\\])))/s.exec(rest);
    if (end === null) return 'malformed';
    this.#at += end[0].length;
    const high = end[1] ?? this.#fold((end[2] ?? end[3])!);
    const folded = this.#fold(this.#character);
    return low <= folded && folded <= high ? 'yes' : 'no';
  }

  /** The character is listed: on to the closing bracket, past items that must be well formed. */
  #found(negated: boolean): number {
    for (;;) {
      if (this.#at === this.#glob.length) return this.#literal();
      if (this.#glob[this.#at] === ']') return negated ? NO_PLACE : this.#at + 1;
      SKIPPED.lastIndex = this.#at;
      if (!SKIPPED.test(this.#glob)) return NO_PLACE;
      this.#at = SKIPPED.lastIndex;
    }
  }
}
