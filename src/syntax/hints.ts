// What to do about a text that is no condition: habits of other languages and slips of the pen, told by what stands at the
// problem and in front of it. Notes only; the parser knows nothing of them.

import { LIST_OPERATORS, NUMBER_OPERATORS, SYMBOL_OPERATORS, WORD_OPERATORS } from './lexer.ts';
import type { SyntaxProblem } from './problem.ts';

const OPERATORS: string = ['exists', ...SYMBOL_OPERATORS, ...NUMBER_OPERATORS, ...WORD_OPERATORS, ...LIST_OPERATORS]
  .filter((name) => name !== '==' && name !== 'bcontains' && name !== 'bstartswith')
  .join(' ');

/** Only so much in front of a problem is looked at. */
const REACH = 200;

/** What people write for an operator, and what it is here. */
const FOREIGN: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/^not$/i, "help: 'not' stands in front of the field: not FIELD in (...)"],
  [
    /^(?:=~|~.*|like|r?like|match(?:es)?|regexp?|~)$/i,
    "help: use 'glob' for * and ?, 'regex' for a regular expression",
  ],
  [/^(?:is|eq|equals?|:)$/i, "help: write '='"],
  [/^(?:ne|neq|!)$/i, "help: write '!='"],
  [
    /^(?:has|include[sd]?|contain)$/i,
    "help: use 'contains' for a part of a text, 'intersects' for an element of a list",
  ],
  [/^starts?_?with$/i, "help: write 'startswith'"],
  [/^ends?_?with$/i, "help: write 'endswith'"],
  [/^(?:exist|present|defined)$/i, "help: write 'exists'"],
  [/^(?:and|or|\)|&&|\|\|)?$/i, "help: write 'exists' to ask whether there is a value"],
  [/^-/, "help: names hold letters, digits, '_' and '.', no '-'"],
];

const CONNECTIVES: Readonly<Record<string, string>> = { '&&': 'and', '&': 'and', '||': 'or', '|': 'or' };
const SWAPPED: Readonly<Record<string, string>> = { '!': "'!='", '>': "'>='", '<': "'<='", '~': "'glob' or 'regex'" };

/** Notes for the report of a problem, most useful first. */
export function syntaxHints(text: string, problem: SyntaxProblem): string[] {
  const found = text.slice(problem.start, problem.end);
  const before = text.slice(Math.max(0, problem.start - REACH), problem.start).trimEnd();
  switch (problem.reason) {
    case 'trailing_input':
      return [trailing(found, before)];
    case 'expected_operator':
      return [FOREIGN.find(([pattern]) => pattern.test(found))?.[1] ?? `the operators are ${OPERATORS}`];
    case 'expected_string':
      return value(found, before);
    case 'expected_number':
      if (found === '>' && before.endsWith('<')) return ["help: write '!='"];
      return /^["']/.test(found) ? ['help: write the number without quotes'] : [];
    case 'expected_list':
      return ['help: write the values in brackets: (a, b)'];
    case 'expected_check':
      return check(found);
    case 'bad_escape':
      return ['help: write \\\\ for a backslash'];
    default:
      return [];
  }
}

function trailing(found: string, before: string): string {
  const lower = found.toLowerCase();
  const connective = CONNECTIVES[found] ?? (/^(?:and|or|not)$/.test(lower) ? lower : undefined);
  if (connective !== undefined) return `help: write '${connective}'`;
  if (found === ')') return "help: no '(' is open here";
  if (found === ',') {
    return /\b(?:in|intersects|pmatch)\s*\w+$/.test(before)
      ? 'help: write the values in brackets: (a, b)'
      : 'help: put a value that holds a comma in quotes';
  }
  const swapped = /=\s*([!<>~])$/.exec(before)?.[1];
  if (swapped !== undefined) return `help: did you mean ${SWAPPED[swapped]}?`;
  const keyword = /(?:^|[\s(])(and|or)$/.exec(before)?.[1];
  if (keyword !== undefined && before.trim() === keyword) {
    return `help: '${keyword}' stands between two checks; an item that appends needs 'override: {condition: append}'`;
  }
  if (keyword !== undefined) return `help: '${keyword}' stands between two checks`;
  if (/(?:^|[\s(](?:and|or|not)\s+|\()exists$/.test(before)) return "help: 'exists' stands behind the field";
  if (found.startsWith('[')) return 'help: an argument stands directly behind its field';
  return "help: write 'and' or 'or' between two checks, and put a value that holds blanks in quotes";
}

function value(found: string, before: string): string[] {
  const operator = /(?:[=!]+|\w+)$/.exec(before)?.[0] ?? '';
  if (found === '(') {
    if (operator === '!=') return ["help: compare with several values by 'not FIELD in (...)'"];
    if (/^=+$/.test(operator)) return ["help: compare with several values by 'in (...)'"];
    return [`help: compare with several values by '${operator} anyof (...)'`];
  }
  if (found === '=') return ["help: write '='"];
  return found === '' || found === ')' ? ['help: write "" for the empty text'] : [];
}

function check(found: string): string[] {
  if (/^(["']).*\..*\1$/s.test(found)) return ['help: a field stands without quotes'];
  if (/^[$%@]/.test(found)) return [`help: a field stands without '${found[0]}'`];
  return found.startsWith('!') ? ["help: write 'not'"] : [];
}
