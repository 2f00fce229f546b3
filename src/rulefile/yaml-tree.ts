// YAML text -> the documents of a rule file as a plain tree in which every node knows its place. Reads as yaml-cpp does where
// that shows: scalars are texts whatever their quotes or tags (`null`, `~` and nothing, unquoted, are null), the first of
// equal keys wins, merge keys are ordinary keys, aliases are followed, and the first null document ends the file. Never
// throws; a syntax error gives no documents at all.

import { Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Node, Parser } from 'yaml';
import type { Span } from '../source/source-file.ts';
import {
  MAX_EXPANDED_NODES,
  MAX_ITEMS,
  MAX_LINES,
  MAX_YAML_DEPTH,
  MAX_YAML_PROBLEMS,
  MAX_YAML_TOKENS,
} from './limits.ts';
import { readPlainItems, splitItems } from './plain-items.ts';
import { explainError, ownErrors } from './yaml-errors.ts';

export interface YamlNull {
  readonly kind: 'null';
  readonly span: Span;
}
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly text: string;
  readonly span: Span;
  /** absent for an empty value */
  readonly token: ScalarToken | undefined;
}
/** A scalar as it stands in the file. */
export interface ScalarToken {
  readonly type: 'plain' | 'single' | 'double' | 'block';
  /** with quotes; of a block, what is behind its header */
  readonly source: string;
  /** characters of a block from its indicator to its source */
  readonly headerLength: number;
}
export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
  readonly span: Span;
}
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly span: Span;
}
export interface YamlEntry {
  readonly key: YamlNode;
  readonly value: YamlNode;
}
export type YamlNode = YamlNull | YamlScalar | YamlSequence | YamlMap;

export interface YamlProblem {
  readonly reason: 'yaml_syntax' | 'yaml_too_deep' | 'too_many_aliases' | 'file_too_large';
  readonly message: string;
  readonly notes?: readonly string[];
  readonly span: Span;
}
/** A null document with something behind it, which is not read. */
export interface UnreadRest {
  /** of the null document */
  readonly span: Span;
  /** where the rest starts */
  readonly rest: Span;
}
export type YamlResult =
  | { readonly ok: true; readonly documents: readonly YamlNode[]; readonly unread?: UnreadRest }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

/** The value of the first entry with this key. */
export function entryValue(map: YamlMap, key: string): YamlNode | undefined {
  for (const entry of map.entries) if (keyText(entry.key) === key) return entry.value;
  return undefined;
}

/** A key as text; null is the text `null`, as in yaml-cpp. */
export function keyText(key: YamlNode): string | undefined {
  if (key.kind === 'scalar') return key.text;
  return key.kind === 'null' ? 'null' : undefined;
}

/** A text this long is read in pieces of this length. */
const LONG_TEXT = 1 << 16;

/** Reads all documents of file number `file`. */
export function readYaml(text: string, file: number): YamlResult {
  const base = text.startsWith('\uFEFF') ? 1 : 0;
  const body = base === 0 ? text : text.slice(1);
  // item by item: what one of them needs the library for is no matter to the next
  if (body.length < LONG_TEXT) return readInPieces(body, file, base, 1) ?? readWhole(body, file, base);
  const excess = findExcess(body, file, base);
  if (excess !== undefined) return { ok: false, problems: [excess] };
  return readInPieces(body, file, base) ?? readWhole(body, file, base);
}

/**
 * The tree of a text, a piece at a time: the library's own trees would take many times the memory of this one.
 * Undefined when the text is anything but a sequence of items without anchors, or when something is wrong with it.
 */
export function readInPieces(
  text: string,
  file: number,
  base: number,
  pieceLength: number = LONG_TEXT,
): YamlResult | undefined {
  const pieces = splitItems(text, pieceLength);
  if (pieces === undefined) return undefined;
  const items: YamlNode[] = [];
  for (const { start, end } of pieces) {
    const read = readPlainItems(text, start, end, file, base);
    for (const item of read.items) items.push(item);
    if (read.end === end) continue;
    const rest = readWhole(text.slice(read.end, end), file, base + read.end);
    const [root, ...others] = rest.ok ? rest.documents : [];
    if (root?.kind !== 'sequence' || others.length > 0) return undefined;
    for (const item of root.items) items.push(item);
  }
  const first = pieces[0]?.start ?? 0;
  const span = { file, start: base + first, end: base + text.length };
  return { ok: true, documents: [{ kind: 'sequence', items, span }] };
}

/** The tree of a text as the library reads it. */
export function readWhole(text: string, file: number, base: number): YamlResult {
  const explosion = text.length < LONG_TEXT ? undefined : findExplosion(text, file, base);
  if (explosion !== undefined) return { ok: false, problems: [explosion] };
  const tokens: CST.Token[] = [];
  for (const token of new Parser().parse(text)) {
    const deep = tooDeep(token);
    if (deep !== undefined) return { ok: false, problems: [tooDeepAt(deep, file, base)] };
    tokens.push(token);
  }
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, keepSourceTokens: true, strict: false });
  return new TreeBuilder(file, base, text, tokens).build(composer.compose(tokens));
}

function tooDeepAt(offset: number, file: number, base: number): YamlProblem {
  const span = { file, start: base + offset, end: base + offset + 1 };
  return { reason: 'yaml_too_deep', message: `collections are nested deeper than ${MAX_YAML_DEPTH} levels`, span };
}

function tooLargeAt(offset: number, limit: string, file: number, base: number): YamlProblem {
  const span = { file, start: base + offset, end: base + offset + 1 };
  return { reason: 'file_too_large', message: `the file has more than ${limit}`, span };
}

/** The line or item of a long text that is one too many. */
function findExcess(text: string, file: number, base: number): YamlProblem | undefined {
  let lines = 0;
  let items = 0;
  for (let start = 0; start < text.length; ) {
    if (++lines > MAX_LINES) return tooLargeAt(start, `${MAX_LINES} lines`, file, base);
    const isItem = text[start] === '-' && text[start + 1] !== '-';
    if (isItem && ++items > MAX_ITEMS) return tooLargeAt(start, `${MAX_ITEMS} items`, file, base);
    const newline = text.indexOf('\n', start);
    start = newline < 0 ? text.length : newline + 1;
  }
  return undefined;
}

/** What the lexer writes between tokens and does not stand in the text. */
const MARKS: ReadonlySet<string> = new Set(['\x02', '\x18', '\x1f']);

/** Why the trees of a long text would not fit into memory: found in its tokens, which take none. */
function findExplosion(text: string, file: number, base: number): YamlProblem | undefined {
  let offset = 0;
  let count = 0;
  let flowDepth = 0;
  /** `- ` and `? ` of one line */
  let lineDepth = 0;
  for (const token of new Lexer().lex(text)) {
    if (MARKS.has(token)) continue;
    if (token === '[' || token === '{') flowDepth++;
    else if (token === ']' || token === '}') flowDepth--;
    else if (token === '-' || token === '?') lineDepth++;
    else if (token.includes('\n')) lineDepth = 0;
    // the one above counts too
    if (flowDepth > MAX_YAML_DEPTH || lineDepth > MAX_YAML_DEPTH) return tooDeepAt(offset, file, base);
    if (++count > MAX_YAML_TOKENS) return tooLargeAt(offset, `${MAX_YAML_TOKENS} YAML tokens`, file, base);
    offset += token.length;
  }
  return undefined;
}

/** Offset of a token below the permitted depth, found without recursion. */
function tooDeep(root: CST.Token): number | undefined {
  const stack: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (token.type === 'document') {
      if (token.value) stack.push({ token: token.value, depth });
    } else if ('items' in token) {
      if (depth >= MAX_YAML_DEPTH) return token.offset;
      for (const item of token.items) {
        if (item.key) stack.push({ token: item.key, depth: depth + 1 });
        if (item.value) stack.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

/** Where the quoted scalar starts that ends at `end`. */
function openQuote(tokens: readonly CST.Token[], end: number): number | undefined {
  const stack = [...tokens];
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    if ('source' in token && token.offset + token.source.length === end && /^["']/.test(token.source)) {
      return token.offset;
    }
    if (token.type === 'document' && token.value) stack.push(token.value);
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) stack.push(...[key, value].filter((part) => part != null));
  }
  return undefined;
}

function scalarToken(token: CST.Token): ScalarToken | undefined {
  switch (token.type) {
    case 'block-scalar': {
      const headerLength = token.props.reduce(
        (length, prop) => length + ('source' in prop ? prop.source.length : 0),
        0,
      );
      return { type: 'block', source: token.source, headerLength };
    }
    case 'scalar':
      return { type: 'plain', source: token.source, headerLength: 0 };
    case 'single-quoted-scalar':
      return { type: 'single', source: token.source, headerLength: 0 };
    case 'double-quoted-scalar':
      return { type: 'double', source: token.source, headerLength: 0 };
    default:
      return undefined;
  }
}

function isNullText(text: string, tag: string | undefined, token: CST.Token | undefined): boolean {
  const isPlain = token === undefined || token.type === 'scalar';
  return isPlain && tag === undefined && /^(~|null|Null|NULL)?$/.test(text);
}

function isNull(node: Node | null | undefined): boolean {
  return node == null || (isScalar(node) && isNullText(node.source ?? '', node.tag, node.srcToken));
}

class TreeBuilder {
  readonly #file: number;
  readonly #base: number;
  readonly #text: string;
  readonly #tokens: readonly CST.Token[];
  readonly #problems: YamlProblem[] = [];
  /** nodes and levels from a collection down, itself included, aliases followed */
  readonly #sizes = new Map<YamlNode, { readonly nodes: number; readonly depth: number }>();
  #anchors = new Map<string, YamlNode | 'open'>();

  constructor(file: number, base: number, text: string, tokens: readonly CST.Token[]) {
    this.#file = file;
    this.#base = base;
    this.#text = text;
    this.#tokens = tokens;
  }

  build(documents: Iterable<Document.Parsed>): YamlResult {
    const roots: YamlNode[] = [];
    let end: Document.Parsed | undefined;
    let rest: Document.Parsed | undefined;
    for (const document of documents) {
      if (end !== undefined) {
        if (document.errors.length === 0 && isNull(document.contents)) continue;
        rest = document;
        break;
      }
      this.#anchors = new Map();
      for (const error of ownErrors(document.errors)) {
        const { message, notes, start, end } = explainError(error, this.#text, (at) => openQuote(this.#tokens, at));
        this.#syntax(message, start, end, notes);
      }
      const root = this.#node(document.contents, document.range?.[0] ?? 0);
      if (root.kind === 'null' && document.errors.length === 0) end = document;
      else roots.push(root);
    }
    if (this.#problems.length > 0) return { ok: false, problems: this.#problems };
    return { ok: true, documents: roots, ...(end && rest && { unread: this.#unread(end, rest) }) };
  }

  #unread(end: Document.Parsed, rest: Document.Parsed): UnreadRest {
    const start = end.range[0];
    const length = this.#text.startsWith('---', start) ? 3 : 1;
    const from = rest.contents?.range?.[0] ?? rest.range[0];
    return { span: this.#span(start, start + length), rest: this.#span(from, from + 1) };
  }

  #span(start: number, end: number): Span {
    return { file: this.#file, start: this.#base + start, end: this.#base + end };
  }

  #syntax(message: string, start: number, end: number, notes: readonly string[]): void {
    if (this.#problems.length >= MAX_YAML_PROBLEMS) return;
    this.#problems.push({ reason: 'yaml_syntax', message, notes, span: this.#span(start, end) });
  }

  #node(node: Node | null | undefined, at: number): YamlNode {
    if (isAlias(node)) return this.#alias(node.source, node.range?.[0] ?? at);
    const anchor = node?.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const built = this.#content(node, at);
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    return built;
  }

  #content(node: Node | null | undefined, at: number): YamlNode {
    if (isScalar(node))
      return this.#scalar(node.source ?? '', node.tag, node.srcToken, node.range?.[0] ?? at, node.range?.[1] ?? at);
    if (isSeq(node)) return this.#sequence(node.items as Node[], node.range?.[0] ?? at, node.range?.[1] ?? at);
    if (isMap(node))
      return this.#map(node.items as { key: Node; value: Node | null }[], node.range?.[0] ?? at, node.range?.[1] ?? at);
    return { kind: 'null', span: this.#span(at, at) };
  }

  #scalar(text: string, tag: string | undefined, token: CST.Token | undefined, start: number, end: number): YamlNode {
    const span = this.#span(start, end);
    if (isNullText(text, tag, token)) return { kind: 'null', span };
    return { kind: 'scalar', text, span, token: token && scalarToken(token) };
  }

  #sequence(items: readonly Node[], start: number, end: number): YamlNode {
    const built: YamlNode = {
      kind: 'sequence',
      items: items.map((item) => this.#node(item, start)),
      span: this.#span(start, end),
    };
    this.#measure(built, built.items);
    return built;
  }

  #map(pairs: readonly { key: Node; value: Node | null }[], start: number, end: number): YamlNode {
    const entries = pairs.map((pair) => {
      const key = this.#node(pair.key, start);
      return { key, value: this.#node(pair.value, key.span.end - this.#base) };
    });
    const built: YamlNode = { kind: 'map', entries, span: this.#span(start, end) };
    this.#measure(
      built,
      entries.flatMap((entry) => [entry.key, entry.value]),
    );
    return built;
  }

  #measure(node: YamlNode, children: readonly YamlNode[]): void {
    let nodes = 1;
    let depth = 0;
    for (const child of children) {
      const size = this.#sizes.get(child);
      nodes += size?.nodes ?? 1;
      depth = Math.max(depth, size?.depth ?? 0);
    }
    const span = { ...node.span, end: node.span.start + 1 };
    if (nodes > MAX_EXPANDED_NODES) {
      const message = `the node holds more than ${MAX_EXPANDED_NODES} nodes once its aliases are followed`;
      this.#problems.push({ reason: 'too_many_aliases', message, span });
      nodes = 1;
    }
    if (depth >= MAX_YAML_DEPTH) {
      const message = `collections are nested deeper than ${MAX_YAML_DEPTH} levels once aliases are followed`;
      this.#problems.push({ reason: 'yaml_too_deep', message, span });
      depth = 0;
    }
    this.#sizes.set(node, { nodes, depth: depth + 1 });
  }

  #alias(name: string, at: number): YamlNode {
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const help = "help: put a value that starts with '*' in quotes";
      this.#syntax(`no node before this is anchored as '${name}'`, at, at + name.length + 1, [help]);
    }
    if (target === 'open') {
      const message = `the alias '${name}' stands inside the node that it names`;
      this.#problems.push({ reason: 'too_many_aliases', message, span: this.#span(at, at + name.length + 1) });
    }
    return target === undefined || target === 'open' ? { kind: 'null', span: this.#span(at, at) } : target;
  }
}
