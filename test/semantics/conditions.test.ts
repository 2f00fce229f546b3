// The conditions of conditions.ts on every engine, under both semantics. All that load are rules of one file.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { ENGINES } from '../conformance/engines.ts';
import { parseExact } from '../conformance/exact-json.ts';
import { caseCatalogue, caseEvent, type LanguageMeta } from '../conformance/language-events.ts';
import { ruleFile } from '../conformance/rule-text.ts';
import { GROUPS } from './conditions.ts';

const CASES = new URL('../conformance/rule-language-cases.json.gz', import.meta.url);
const { meta } = parseExact(gunzipSync(readFileSync(CASES)).toString()) as { readonly meta: LanguageMeta };
const catalogue = caseCatalogue(meta);
/** not UTF-8, which `fixed` refuses */
const isBinary = (fields: object): boolean =>
  Object.values(fields).some((value) => /[89a-f]\w/.test(value.value_hex ?? ''));

describe.each(['falco', 'fixed'] as const)('%s', (semantics) => {
  describe.each(Object.entries(GROUPS))('%s', (_, groups) => {
    test.each(groups)('$fields $holds.0 $fails.0 $refused.0', async ({ fields, holds, fails, refused }) => {
      for (const condition of refused) {
        const { diagnostics } = compile([ruleFile({ condition })], { catalogue, semantics });
        expect(diagnostics.find(({ level }) => level === 'error')?.code, condition).toMatch(/^E[234]/);
      }
      if (semantics === 'fixed' && isBinary(fields)) return;
      const text = [...holds, ...fails].map((condition, i) => ruleFile({ name: `R${i}`, condition }).text).join('');
      const event = caseEvent(fields, '1700000000123456789');
      for (const engine of ENGINES) {
        const options = { semantics, framing: 'document', match: 'all', catalogue } as const;
        const { errors, alerts } = await engine.run([{ name: 'rules.yaml', text }], event, options);
        expect(errors, engine.name).toEqual([]);
        const found = new Set(alerts.map(({ rule }) => rule));
        const seen = [...holds, ...fails].filter((__, i) => found.has(`R${i}`));
        expect(seen, engine.name).toEqual(holds);
      }
    });
  });
});
