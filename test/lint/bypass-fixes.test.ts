// What a fix of a bypass claims, asked of the engine: for each warning of a condition there is an event that gets around the
// rule. Once all fixes are made, a warning is still there or its event is answered as it should be.

import { describe, expect, it } from 'vitest';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import { fixFiles } from '../../src/lint/apply-fixes.ts';
import { createEngine } from '../../src/runtime/index.ts';
import type { RuleFile } from '../../src/types.ts';

interface Pod {
  readonly containers?: readonly object[];
  readonly initContainers?: readonly object[];
  readonly ephemeralContainers?: readonly object[];
}

interface Request {
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly groups?: readonly string[];
  readonly code?: number;
  readonly spec?: Pod;
}

/** An event that the rule answers wrongly, and the answer that is right. */
interface Way {
  readonly event: Request;
  readonly alerts: boolean;
}

interface Case {
  readonly name: string;
  /** macros, list and the condition of the rule */
  readonly condition: string;
  readonly before?: string;
  /** by code: one for each warning that there is before the fixes */
  readonly ways: Readonly<Record<string, readonly Way[]>>;
  /** codes that are left to the author */
  readonly stays: readonly string[];
}

const MISSED = (event: Request): Way => ({ event, alerts: true });
const FALSE_ALARM = (event: Request): Way => ({ event, alerts: false });

const image = (...images: (string | undefined)[]): object[] => images.map((one) => (one ? { image: one } : {}));
const root = [{ securityContext: { privileged: true } }];
const plain = [{ securityContext: { privileged: false } }];
const GOOD = 'docker.io/x:1';
const EVIL = 'evil.io/y:1';
const C = 'ka.req.pod.containers';

const OTHER_IMAGES = [
  MISSED({ spec: { containers: image(GOOD), initContainers: image(EVIL) } }),
  MISSED({ spec: { containers: image(GOOD), initContainers: image(GOOD), ephemeralContainers: image(EVIL) } }),
];
const OTHER_ROOTS = [
  MISSED({ spec: { containers: plain, initContainers: root } }),
  MISSED({ spec: { containers: plain, ephemeralContainers: root } }),
];
const NO_IMAGE = FALSE_ALARM({ spec: { containers: image(undefined), initContainers: image(GOOD) } });

const CASES: readonly Case[] = [
  {
    name: 'an allow list of images',
    condition: `ka.verb in (create, update, patch) and ka.target.resource=pods and not ka.target.subresource exists and not ${C}.image.repository in (docker.io/x)`,
    ways: { W741: OTHER_IMAGES, W745: [NO_IMAGE] },
    stays: ['W741'],
  },
  {
    name: 'an allow list of which one image is enough',
    condition: `ka.verb = create and not (${C}.image.repository intersects (docker.io/x))`,
    ways: {
      W741: OTHER_IMAGES,
      W744: [MISSED({ spec: { containers: image(GOOD, EVIL) } })],
      W745: [NO_IMAGE],
    },
    stays: ['W741'],
  },
  {
    name: 'an allow list behind its guard',
    condition: `${C}.image exists and not ${C}.image in (docker.io/x:1)`,
    ways: { W741: OTHER_IMAGES },
    stays: ['W741'],
  },
  {
    name: 'a guard of all containers is none of one',
    condition: `(${C}.image exists or ka.req.pod.initContainers.image exists) and not ${C}.image in (docker.io/x:1)`,
    ways: { W741: OTHER_IMAGES, W745: [NO_IMAGE] },
    stays: ['W741'],
  },
  {
    name: 'a guard in the other half',
    condition: `(ka.verb = get and ${C}.image exists) or not ${C}.image in (docker.io/x:1)`,
    ways: { W741: OTHER_IMAGES, W745: [NO_IMAGE] },
    stays: ['W741'],
  },
  {
    name: 'a guard in a macro, and one below a not',
    before: `- macro: m\n  condition: ka.verb = create and ${C}.image exists\n`,
    condition: `(m and not ${C}.image in (docker.io/x:1)) or not (not ${C}.image exists or ${C}.image in (docker.io/x:1))`,
    ways: { W741: OTHER_IMAGES },
    stays: ['W741'],
  },
  {
    name: 'a deny list behind a guard',
    condition: `${C}.image exists and ${C}.image intersects (${EVIL})`,
    ways: {
      W741: [
        MISSED({ spec: { containers: image(GOOD), initContainers: image(EVIL) } }),
        MISSED({ spec: { containers: image(undefined), ephemeralContainers: image(EVIL) } }),
      ],
    },
    stays: [],
  },
  {
    name: 'a deny list and an allow list of one field',
    condition: `${C}.image intersects (${EVIL}) and not ${C}.image in (docker.io/x:1)`,
    ways: { W741: [MISSED({ spec: { containers: image(GOOD), initContainers: image(EVIL) } })] },
    stays: ['W741'],
  },
  {
    name: 'the same field twice',
    condition: `(ka.verb = get and ${C}.privileged intersects (true)) or (ka.verb = create and ${C}.privileged in (true))`,
    ways: {
      W741: OTHER_ROOTS,
      W744: [MISSED({ spec: { containers: [...plain, ...root] } })],
    },
    stays: [],
  },
  {
    name: 'the same field, in a macro too',
    before: `- macro: m\n  condition: ${C}.privileged intersects (true)\n`,
    condition: `(ka.verb = get and ${C}.privileged intersects (true)) or (ka.verb = create and m)`,
    ways: { W741: OTHER_ROOTS },
    stays: ['W741'],
  },
  {
    name: 'a transformer',
    condition: `join(",", ${C}.image) contains evil and tolower(${C}.image) exists`,
    ways: { W741: [MISSED({ spec: { containers: image(GOOD), initContainers: image(EVIL) } })] },
    stays: [],
  },
  {
    name: 'a count',
    condition: `len(${C}.image) = 2`,
    ways: { W741: [MISSED({ spec: { containers: image(GOOD), initContainers: image(GOOD, EVIL) } })] },
    stays: ['W741'],
  },
  {
    name: 'verbs of two kinds',
    condition:
      '(ka.verb = create and ka.target.resource = roles and ka.req.role.rules exists) or' +
      ' (ka.verb = create and ka.target.resource = deployments and not ka.target.subresource exists and jevt.value[/requestObject/spec] exists)',
    ways: {
      W742: [MISSED({ verb: 'patch', resource: 'deployments', spec: {} })],
    },
    stays: [],
  },
  {
    name: 'verbs of which one is not alone',
    condition:
      '(ka.verb in (create, delete) and ka.target.resource = roles and ka.req.role.rules exists) or' +
      ' (ka.verb = create and ka.target.resource = daemonsets and jevt.value[/requestObject/spec] exists)',
    ways: { W742: [MISSED({ verb: 'patch', resource: 'daemonsets', spec: {} })] },
    stays: ['W742'],
  },
  {
    name: 'subresources of two kinds',
    condition:
      '(ka.verb = create and ka.target.resource = pods) or (ka.verb = patch and ka.target.resource = deployments)',
    ways: {
      W743: [
        FALSE_ALARM({ subresource: 'exec' }),
        FALSE_ALARM({ verb: 'patch', resource: 'deployments', subresource: 'scale' }),
      ],
    },
    stays: [],
  },
  {
    name: 'subresources of two kinds, one in a macro',
    before: '- macro: m\n  condition: ka.target.resource = deployments\n',
    condition: '(ka.verb = create and ka.target.resource = pods) or (ka.verb = patch and m)',
    ways: { W743: [FALSE_ALARM({ verb: 'patch', resource: 'deployments', subresource: 'scale' })] },
    stays: ['W743'],
  },
  {
    name: 'groups',
    condition: 'ka.user.groups in (system:masters)',
    ways: { W744: [MISSED({ groups: ['system:authenticated', 'system:masters'] })] },
    stays: [],
  },
  {
    name: 'sessions',
    condition: 'ka.target.subresource = exec or (ka.verb = get and ka.target.subresource in (attach, proxy))',
    ways: {
      W746: [
        FALSE_ALARM({ subresource: 'exec', code: 403 }),
        FALSE_ALARM({ verb: 'get', subresource: 'attach', code: 403 }),
      ],
    },
    stays: [],
  },
  {
    name: 'sessions, one in a macro',
    before: '- macro: m\n  condition: ka.target.subresource = attach\n',
    condition: 'ka.target.subresource = exec or m',
    ways: { W746: [FALSE_ALARM({ subresource: 'attach', code: 403 })] },
    stays: ['W746'],
  },
];

function ruleFile({ condition, before = '' }: Case): RuleFile {
  const keys = `  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;
  return { name: 'rules.yaml', text: `${before}- rule: R\n${keys}` };
}

function codesOf(files: readonly RuleFile[]): readonly string[] {
  const found = checkRuleFiles(files, { lint: 'bypass' }).diagnostics.map(({ code }) => code);
  return [...new Set(found.filter((code) => code >= 'W741'))].sort();
}

function eventText({ verb = 'create', resource = 'pods', subresource, groups, code = 201, spec }: Request): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: '1',
    stage: 'ResponseComplete',
    verb,
    user: { username: 'jane', groups },
    objectRef: { resource, subresource, name: 'n' },
    requestObject: spec && { spec },
    responseStatus: { code },
    stageTimestamp: '2026-05-04T10:00:00.000000Z',
  });
}

async function alerts(files: readonly RuleFile[], event: Request): Promise<boolean> {
  const { program, diagnostics } = compile(files);
  expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
  const engine = await createEngine(program!);
  const { alerts: found, rejections } = engine.evaluate(new TextEncoder().encode(eventText(event)));
  expect(rejections).toEqual([]);
  return found.length > 0;
}

describe.each(CASES)('$name', (one) => {
  const files = [ruleFile(one)];
  const after = fixFiles(files, (texts) => checkRuleFiles(texts, { lint: 'bypass' }).diagnostics).files;

  it('has the warnings that are told, and keeps those that are left to the author', () => {
    expect(codesOf(files)).toEqual(Object.keys(one.ways).sort());
    expect(codesOf(after)).toEqual(one.stays);
  });

  it('is open where a warning is, and closed where it is gone', async () => {
    for (const [code, ways] of Object.entries(one.ways)) {
      for (const { event, alerts: expected } of ways) {
        const what = `${code} ${eventText(event)}`;
        expect(await alerts(files, event), `before: ${what}`).toBe(!expected);
        if (!one.stays.includes(code)) expect(await alerts(after, event), `after: ${what}`).toBe(expected);
      }
    }
  });
});
