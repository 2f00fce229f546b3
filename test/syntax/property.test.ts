// Printing and parsing are inverse where the canonical text can be read back, and no text makes the parser throw.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check, Condition, Operator, TransformerArg, Value } from '../../src/syntax/ast.ts';
import { parseOutput } from '../../src/syntax/output.ts';
import { parseCondition } from '../../src/syntax/parser.ts';
import { printCondition } from '../../src/syntax/print.ts';
import { bytesText, textBytes } from '../../src/syntax/text-bytes.ts';
import { caseTree } from './case-tree.ts';

const place = { start: 0, end: 0 };
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_]{0,6}$/).filter((text) => text !== 'not');
const bare = fc.stringMatching(/^[a-z0-9é𝄞.*/<>!|{}[\]_-]{1,8}$/u);
// a blank makes the printer quote; a final backslash cannot be written between quotes
const quoted = fc
  .tuple(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 4 }))
  .map(([text, bytes]) => bytesText(textBytes(` ${text}${bytesText(bytes)}.`)));
const value = fc.oneof(bare, quoted).map((text): Value => ({ kind: 'value', text, ...place }));
const quotedValue = quoted.map((text): Value => ({ kind: 'value', text, ...place }));
const field = fc
  .record({ name: fc.tuple(name, name).map((parts) => parts.join('.')), arg: fc.option(quoted, { nil: undefined }) })
  .map((made) => ({ kind: 'field', name: made.name, ...(made.arg && { arg: made.arg }), ...place }) as const);

const { call } = fc.letrec<{ call: TransformerArg; arg: TransformerArg }>((tie) => ({
  arg: fc.oneof({ maxDepth: 4, withCrossShrink: true }, field, quotedValue, tie('call')),
  call: fc
    .array(tie('arg'), { minLength: 1, maxLength: 3 })
    .map((args) => ({ kind: 'transformer', name: 'concat', args, ...place })),
}));
const left = fc.oneof(field, call) as fc.Arbitrary<Check['left']>;
const check = fc.oneof(
  left.map((operand): Condition => made(operand, 'exists')),
  fc
    .tuple(left, fc.constantFrom<Operator>('=', '!=', 'contains', 'regex'), fc.oneof(value, call))
    .map(([operand, operator, right]) => made(operand, operator, right as Check['right'])),
  fc
    .tuple(left, fc.constantFrom<Operator>('in', 'intersects', 'pmatch'), fc.array(value, { maxLength: 3 }))
    .map(([operand, operator, items]) => made(operand, operator, { kind: 'list', items, ...place })),
);

function made(operand: Check['left'], operator: Operator, right?: Check['right']): Condition {
  return { kind: 'check', left: operand, operator, operatorRange: place, ...(right && { right }), ...place };
}

const { condition } = fc.letrec<{ condition: Condition; plain: Condition }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    check,
    name.map((text): Condition => ({ kind: 'macro', name: text, ...place })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([kind, children]): Condition => ({ kind, children, ...place })),
  ),
  condition: fc.oneof(
    tie('plain'),
    tie('plain').map((child): Condition => ({ kind: 'not', child, ...place })),
  ),
}));

const soup = fc
  .array(
    fc.constantFrom(
      ...[
        '(',
        ')',
        'not',
        'and',
        'or',
        ' ',
        ' ',
        '\f',
        'a',
        'a.b',
        '.',
        '[',
        ']',
        '"',
        "'",
        '\\',
        '\\x4',
        ',',
        '=',
        '>=',
        '1',
      ],
      ...['in', 'exists', 'contains', 'oneof', 'tolower(', 'join(', 'val(', 'é', '%', '*', '\ud800', '\0'],
    ),
    { maxLength: 30 },
  )
  .map((tokens) => tokens.join(''));

describe('syntax', () => {
  it('print, then parse, gives an equal tree', () => {
    fc.assert(
      fc.property(condition, (tree) => {
        const parsed = parseCondition(printCondition(tree));
        expect(parsed.ok ? caseTree(parsed.condition) : parsed.problem).toEqual(caseTree(tree));
      }),
      { numRuns: 500 },
    );
  });

  it('any text is read, and a problem lies inside it', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const parsed = parseCondition(text);
        if (parsed.ok) return;
        const { start, end, index } = parsed.problem;
        expect(0 <= start && start <= end && end <= text.length && index <= text.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads any output text', () => {
    fc.assert(
      fc.property(soup, (text) => typeof parseOutput(text, () => true).ok === 'boolean'),
      { numRuns: 1000 },
    );
  });

  it('bytes survive as text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...textBytes(bytesText(bytes))]).toEqual([...bytes]);
      }),
    );
  });
});
