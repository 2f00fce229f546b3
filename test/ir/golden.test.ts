// Small rules and their intermediate form, as text in golden/. `npx vitest run test/ir -u` rewrites them.

import { describe, expect, it } from 'vitest';
import { lowerRules } from '../../src/ir/lower.ts';
import { printIr } from '../../src/ir/print.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { languageCatalogue } from '../check/language-cases.ts';
import { checkParts, type RuleParts } from '../check/rules.ts';

type Named = readonly [name: string, rules: readonly RuleParts[]];

const AUDIT: readonly Named[] = [
  [
    'sets',
    [
      {
        condition: 'ka.verb in (get, list, get) and ka.target.resource = secrets and not ka.user.name != system:admin',
      },
    ],
  ],
  [
    'shared-rows',
    [
      { name: 'one', condition: 'ka.verb = get and ka.stage = ResponseComplete', output: '%ka.verb' },
      { name: 'two', condition: 'ka.stage = ResponseComplete and not ka.verb = get', output: '%ka.verb %ka.stage' },
    ],
  ],
  [
    'macros',
    [
      {
        condition: 'kube and not (kube or other)',
        macros: { kube: 'ka.verb = get or other', other: 'ka.uri startswith /api and ka.uri contains ""' },
      },
    ],
  ],
  [
    'lists',
    [
      {
        condition:
          'ka.user.groups in (a, b) or ka.user.groups intersects (a) or ka.user.groups in () or ka.user.groups exists',
      },
    ],
  ],
  [
    'pointers',
    [
      {
        condition:
          'jevt.value[/a/b~1c/007] exists and jevt.value[a/+0] exists and jevt.value[""] exists and jevt.value[/x/-1] exists',
      },
    ],
  ],
  [
    'outputs',
    [
      {
        condition: 'ka.verb exists',
        output:
          '*user=%10ka.user.name groups=%ka.user.groups %toupper(ka.verb) %len(ka.uri) %len(evt.source) at %evt.time %evt.rawtime.ns',
        tags: ['x'],
        appendOutput: [
          {
            match: { tags: ['x'] },
            extra_output: 'num=%evt.num',
            extra_fields: ['ka.auditid', { who: 'by %ka.user.name' }],
          },
          { match: { source: 'syscall' }, extra_output: '%ka.uri' },
        ],
      },
    ],
  ],
  [
    'event-fields',
    [
      {
        condition:
          'evt.source = k8s_audit and evt.pluginname != k8saudit or evt.is_async = true or evt.asynctype exists or evt.num > 5',
      },
    ],
  ],
  [
    'text-tests',
    [
      {
        condition:
          'ka.uri glob "/api/*" or ka.uri regex "/a+" or ka.uri pmatch (/api, /apis) or ka.response.code >= 400',
      },
    ],
  ],
];

const CONTAINERS: RuleParts = {
  condition:
    'ka.req.pod.containers.image.repository intersects (nginx) or ka.req.pod.containers.eff_run_as_user[1] in (0) or ' +
    'ka.req.pod.containers.add_capabilities intersects (ALL) or ka.sourceips[0] intersects (10.0.0.1) or ' +
    'ka.req.volume.hostpath[/etc*] = true or ka.uri.param[watch] = true or ka.req.binding.subjects.serviceaccount_ns_names exists or ' +
    'ka.req.service.ports exists or ka.req.container.image.repository = x or ka.target.pod.name = y',
};

const CUSTOM: readonly Named[] = [
  [
    'types',
    [
      {
        condition:
          't.num = -1 and t.bool = true and t.ip in (10.0.0.1, ::1) and t.net = 10.1.2.3/8 and t.nums intersects (2, 1, 2)',
        output: '%t.num %t.ip %t.net %t.bools',
      },
    ],
  ],
  ['arguments', [{ condition: 't.key[foo] = a or t.both[3] = b or t.lkey[1] in (c) or t.okey = d' }]],
  [
    'modifiers',
    [
      {
        condition:
          't.str = oneof (a, b, a) or t.str = allof (a, b) or t.str != allof (a, b) or t.str != oneof (a, b) or ' +
          't.str contains oneof (a, b) or t.str contains allof (a, b) or t.net = anyof (10.0.0.0/8) or t.net != anyof (10.0.0.0/8, 11.0.0.0/8)',
      },
    ],
  ],
  [
    'two-fields',
    [
      {
        condition:
          't.str != val(t.str2) or t.num >= val(t.num2) or t.strs in val(t.strs2) or t.str in toupper(t.str2) or toupper(t.strs) in (A)',
      },
    ],
  ],
  [
    'transformers',
    [
      {
        condition:
          'concat(toupper(t.str), "-", len(t.str)) = x or join(",", (t.str, t.num, t.strs)) = y or getopt(t.strs, "a:b")[a] = z or ' +
          'getopt(t.strs, "ab") intersects (a) or b64(basename(t.str)) startswith q',
      },
    ],
  ],
];

describe('intermediate form', () => {
  const print = (
    catalogue: ReturnType<typeof builtinCatalogue>,
    semantics: 'falco' | 'fixed',
    rules: readonly RuleParts[],
  ) => {
    const checked = rules.map((parts) => {
      const { rule, diagnostics } = checkParts(parts, catalogue);
      expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
      return rule!;
    });
    return printIr(lowerRules(checked, catalogue, semantics, { requiredEngineVersion: '0.0.0' }));
  };
  const golden = (name: string): string => `golden/${name}.txt`;

  it.each(AUDIT)('%s', async (name, rules) => {
    await expect(print(builtinCatalogue(), 'fixed', rules)).toMatchFileSnapshot(golden(name));
  });
  it.each(CUSTOM)('%s', async (name, rules) => {
    await expect(print(languageCatalogue(), 'fixed', rules)).toMatchFileSnapshot(golden(name));
  });
  it.each(['falco', 'fixed'] as const)('containers, %s', async (semantics) => {
    await expect(print(builtinCatalogue(), semantics, [CONTAINERS])).toMatchFileSnapshot(
      golden(`containers-${semantics}`),
    );
  });
});
