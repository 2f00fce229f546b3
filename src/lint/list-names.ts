// Values of a comparison with a list that are nearly the name of one: a list's name is replaced where it is written right, and
// stays as a plain text that matches nothing where it is not. Names with '_' are no names of Kubernetes, so such a value was
// meant as a list; any other value is suspicious only when nothing uses the list that it resembles.

import type { Home } from '../check/condition.ts';
import { nearestName } from '../isa/nearest-name.ts';
import type { ResolvedList } from '../resolve/resolved.ts';
import type { Check, Value } from '../syntax/ast.ts';

const OPERATORS: readonly string[] = ['in', 'intersects', 'pmatch'];
const NAME = /^[a-zA-Z][\w-]{3,}$/;
/** Each is a walk over all lists. */
const MAX_NAMES = 2_000;

export class ListNames {
  readonly #lists: ReadonlyMap<string, ResolvedList>;
  readonly #unused: readonly string[];
  readonly #known = new Map<string, ResolvedList | undefined>();

  constructor(lists: readonly ResolvedList[]) {
    this.#lists = new Map(lists.map((list) => [list.name, list]));
    this.#unused = lists.filter(({ used }) => !used).map(({ name }) => name);
  }

  /** The list that a value of the check was probably meant to name. */
  meant(value: Value, { operator }: Check, home: Home): ResolvedList | undefined {
    const isBare = /\w/.test(home.text.text[value.start] ?? '');
    if (!OPERATORS.includes(operator) || !isBare || !NAME.test(value.text)) return undefined;
    if (!this.#known.has(value.text) && this.#known.size < MAX_NAMES) {
      this.#known.set(value.text, this.#nearest(value.text));
    }
    return this.#known.get(value.text);
  }

  #nearest(text: string): ResolvedList | undefined {
    if (this.#lists.has(text)) return undefined;
    const names = text.includes('_') ? this.#lists.keys() : this.#unused;
    const name = nearestName(text, names, Math.max(1, Math.floor(text.length / 5)));
    const list = name === undefined ? undefined : this.#lists.get(name);
    // CAP_X is no slip of cap_y
    const isOtherCase = text === text.toUpperCase() && name !== name?.toUpperCase();
    return list === undefined || isOtherCase || list.itemsCompiled.includes(text) ? undefined : list;
  }
}
