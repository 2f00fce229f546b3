// The text of a test file in, its tests and problems out. What is right is said by the test format; here everything gets its line.
// A test with `each` becomes one test case for each variant. A wrong part costs the test that it stands in.

import { isMap, isNode, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { isMapping, kindOf, type Mapping, type Path, type Report, type Shape } from './shapes.ts';
import type { EventSource, Place, TestCase, TestFile, TestFileProblem } from './test-case.ts';
import {
  DEFAULTS,
  eventSourceOf,
  FILE,
  FILE_TEST,
  listOf,
  TEMPLATE,
  testCaseOf,
  variantsOf,
  withDefaults,
} from './test-format.ts';

export function readTestFile(
  name: string,
  text: string,
): { readonly file: TestFile; readonly problems: readonly TestFileProblem[] } {
  const reader = new TestFileReader(name, text);
  const file = reader.read();
  return { file, problems: reader.problems };
}

/** One test file, with the places of what is in it. */
class TestFileReader {
  readonly problems: TestFileProblem[] = [];
  readonly #name: string;
  readonly #counter = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#counter, uniqueKeys: true });
    // what follows the first error is most often of its making
    for (const error of this.#document.errors.slice(0, 1)) {
      const { line } = this.#counter.linePos(error.pos[0]);
      this.problems.push({ file: name, line, message: yamlProblem(error) });
    }
  }

  read(): TestFile {
    const content = this.problems.length > 0 ? {} : this.#content(this.#values());
    const tests = listOf(content['tests']);
    if (this.problems.length === 0 && tests.length === 0) this.#report([], 'the file holds no tests');
    const defaults = (content['defaults'] ?? {}) as Mapping;
    const areDefaultsRight = this.#isRight(defaults, DEFAULTS, ['defaults']);
    return {
      name: this.#name,
      rules: content['rules'] === undefined ? undefined : (listOf(content['rules']) as readonly string[]),
      tuning: content['tuning'] as string | undefined,
      templates: this.#templates((content['templates'] ?? {}) as Mapping),
      // wrong defaults would be told again for every test
      tests: areDefaultsRight ? tests.flatMap((test, i) => this.#test(withDefaults(test, defaults), ['tests', i])) : [],
    };
  }

  #values(): unknown {
    try {
      return this.#document.toJS();
    } catch (error) {
      this.#report([], (error as Error).message);
      return {};
    }
  }

  /** What of the file's content is as it should be. */
  #content(root: unknown): Mapping {
    if (isMapping(root)) {
      const wrong = new Set<string | number | undefined>();
      FILE(root, [], (path, message) => {
        wrong.add(path[0]);
        this.#report(path, message);
      });
      return Object.fromEntries(Object.entries(root).filter(([key]) => !wrong.has(key)));
    }
    const what = isRuleFile(root) ? 'the rules themselves' : root === null ? 'an empty file' : kindOf(root);
    this.#report([], `expected a mapping with 'tests', found ${what}`);
    return {};
  }

  readonly #report: Report = (path, message) => {
    this.problems.push({ ...this.#place(path), message });
  };

  #place(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1]!;
      const pair = isMap(parent)
        ? parent.items.find((item) => String((item.key as { value?: unknown }).value) === key)
        : undefined;
      const node = pair?.key ?? this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return { file: this.#name, line: this.#counter.linePos(node.range[0]).line };
    }
    return { file: this.#name, line: 1 };
  }

  /** Reports what `shape` finds in the value, which stands in the file at `place`. */
  #isRight(value: unknown, shape: Shape, place: Path, inner: Path = place): boolean {
    const before = this.problems.length;
    const outer = place.slice(0, place.length - inner.length);
    shape(value, inner, (path, message) => this.#report([...outer, ...path], message));
    return this.problems.length === before;
  }

  #templates(templates: Mapping): Readonly<Record<string, EventSource>> {
    const right = Object.entries(templates).filter(([name, one]) => this.#isRight(one, TEMPLATE, ['templates', name]));
    return Object.fromEntries(right.map(([name, source]) => [name, eventSourceOf(source as Mapping)]));
  }

  #test(test: unknown, path: Path): readonly TestCase[] {
    if (!this.#isRight(test, FILE_TEST, path, [])) return [];
    const content = test as Mapping;
    return variantsOf(testCaseOf(content, this.#place([...path, 'name'])), content['each']);
  }
}

/** The parser's words, without the place that stands in front anyway, and in ours where they puzzle. */
function yamlProblem(error: YAMLParseError): string {
  if (error.message.includes('block-seq-ind on same line')) return "a '-' starts an item on a line of its own";
  if (error.message.startsWith('Nested mappings are not allowed')) {
    return "a ':' followed by a blank starts a new key here; put a text that holds one into quotes";
  }
  return error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
}

function isRuleFile(root: unknown): boolean {
  const first: unknown = Array.isArray(root) ? root[0] : undefined;
  if (typeof first !== 'object' || first === null) return false;
  return ['rule', 'macro', 'list', 'required_engine_version'].some((key) => Object.hasOwn(first, key));
}
