// The public API has these values and no others.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as main from '../../src/index.ts';
import * as testing from '../../src/ruletest/index.ts';
import * as runtime from '../../src/runtime/index.ts';

describe('exports', () => {
  it('of falconet', () => {
    expect(Object.keys(main).sort()).toEqual([
      'compile',
      'createEngine',
      'createExplainer',
      'createPool',
      'disassemble',
      'renderExplanation',
      'verifyProgram',
    ]);
  });

  it('of falconet/runtime', () => {
    expect(Object.keys(runtime).sort()).toEqual(['createEngine', 'createPool', 'verifyProgram']);
  });

  it('of falconet/testing', () => {
    expect(Object.keys(testing).sort()).toEqual([
      'createRuleTester',
      'jsonReport',
      'junitReport',
      'navigatorLayer',
      'techniquesOf',
      'testRules',
    ]);
  });

  it('are re-exports only', () => {
    for (const path of ['index.ts', 'runtime/index.ts', 'ruletest/index.ts']) {
      const text = readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');
      const statements = text
        .replace(/^\/\/.*$/gm, '')
        .split(';')
        .map((statement) => statement.trim());
      expect(
        statements.filter(
          (statement) => statement !== '' && !/^export (type )?\{[^}]*\} from '[^']+'$/.test(statement),
        ),
      ).toEqual([]);
    }
  });
});
