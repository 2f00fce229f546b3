// A value ends at its first NUL, which the engine looks for only when it has seen one: every engine must notice it, in whatever part
// of which event it stands, and must take nothing for a text that is none.

import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createEngine } from '../../src/index.ts';
import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import { REFERENCE } from '../conformance/reference-engine.ts';
import { ruleFile } from '../conformance/rule-text.ts';

const ADDRESSES: CustomCatalogue = {
  source: 'k8s_audit',
  plugin: { name: 'app', version: '1.0.0' },
  time: '/t',
  fields: [
    { name: 'x.ip', type: 'ipaddr', list: false, path: '/ip' },
    { name: 'x.net', type: 'ipnet', list: false, path: '/net' },
    { name: 'x.n', type: 'string', list: false, path: '/n' },
  ],
};

const audit = (members: string): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z",${members}}`;
const address = (n: string): string => `{"t":5,"ip":"10.0.0.1","net":"10.0.0.7","n":${n}}`;

interface Case {
  readonly title: string;
  /** condition and output of each rule */
  readonly rules: readonly (readonly [condition: string, output?: string])[];
  readonly events: readonly string[];
  readonly semantics: readonly ('falco' | 'fixed')[];
  readonly catalogue?: CustomCatalogue;
  readonly hostname?: string;
}

const CASES: readonly Case[] = [
  {
    title: 'addresses hold NULs of their own',
    rules: [
      ['x.n startswith a'],
      ['x.n contains bcde'],
      ['x.n endswith q'],
      ['tolower(x.n) = zz'],
      ['x.ip = 10.0.0.1', '%x.ip %x.n'],
      ['tolower(x.n) = a and x.ip in (10.0.0.1) and x.net in (10.0.0.0/24)'],
    ],
    events: [address('"a\\u0000b"'), address('"a"'), '{"t":5,"ip":"10.0.0.1"}'],
    semantics: ['falco', 'fixed'],
    catalogue: ADDRESSES,
  },
  {
    title: 'raw, before an address',
    rules: [['x.ip = 10.0.0.1'], ['x.net in (10.0.0.0/24)', '%x.n']],
    events: [address('"a\0b"'), address('"a"')],
    semantics: ['falco'],
    catalogue: ADDRESSES,
  },
  {
    title: 'in a key that came before',
    rules: [
      ['jevt.value[/user] endswith "}" and ka.user.name = n'],
      ['not jevt.value[/user] contains username and ka.user.name exists and ka.verb exists'],
      ['ka.verb exists', '%jevt.value[/user] %ka.user.name'],
    ],
    events: ['x', 'y', 'z', 'z'].map((value) => audit(`"verb":"get","user":{"a\0b":"${value}","username":"n"}`)),
    semantics: ['falco'],
  },
  {
    title: 'in a part that nothing reads at first',
    rules: [['ka.verb = get', '%ka.req.pod.containers.image'], ['ka.req.pod.containers.image intersects (ng)']],
    events: [audit('"verb":"get","requestObject":{"spec":{"containers":[{"image":"ng\0inx"}]}}')],
    semantics: ['falco'],
  },
  {
    title: 'in the host name',
    rules: [['ka.user.name = x', '%evt.hostname %ka.user.name']],
    events: ['"x"', '"x\\u0000"', '"x"'].map((name) => audit(`"user":{"username":${name}}`)),
    semantics: ['falco', 'fixed'],
    hostname: 'h\0z',
  },
];

describe.each(CASES)('$title', ({ rules, events, semantics: all, catalogue, hostname = 'h' }) => {
  const text = rules
    .map(([condition, output = 'o'], i) => ruleFile({ name: `R${i}`, condition, output }).text)
    .join('');
  const files = [{ name: 'rules.yaml', text }];
  const input = new TextEncoder().encode(events.join('\n'));

  test.each(all)('%s', async (semantics) => {
    const chosen = catalogue === undefined ? {} : { catalogue };
    const options = { semantics, framing: 'lines', match: 'all', hostname, ...chosen } as const;
    const expected = await REFERENCE.run(files, input, options);
    expect(expected.alerts.length).toBeGreaterThan(0);
    const { program } = compile(files, { semantics, ...chosen });
    for (const simd of ['on', 'off'] as const) {
      for (const trusted of [false, true]) {
        const engine = await createEngine(program!, { match: 'all', simd, trusted, hostname });
        for (const call of ['first', 'second']) {
          engine.reset();
          const found = engine.evaluate(input).alerts.map(({ json }) => json);
          expect(found, `${simd} ${trusted} ${call}`).toEqual(expected.alerts.map(({ json }) => json));
        }
      }
    }
  });
});
