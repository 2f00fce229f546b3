// Every difference between the two semantics, both side by side, on both builds of the engine. Expectations are written by
// hand from what each semantics is documented to do; what is not in this table has to come out the same, which the rows of
// equal sides are for.

import { describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createEngine, type Engine } from '../../src/runtime/index.ts';

const SEMANTICS = ['falco', 'fixed'] as const;
type Semantics = (typeof SEMANTICS)[number];

function programOf(semantics: Semantics, condition: string, output: string): Uint8Array {
  const text = `- rule: R\n  desc: d\n  condition: ${condition}\n  output: ${JSON.stringify(output)}\n  priority: INFO\n  source: k8s_audit\n`;
  const { program, diagnostics } = compile([{ name: 'rules.yaml', text }], { semantics });
  if (program === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.text).join('\n'));
  return program;
}

const enginesOf = (program: Uint8Array): Promise<Engine[]> =>
  Promise.all((['on', 'off'] as const).map((simd) => createEngine(program, { simd, timeZoneOffset: 0 })));

/** An event with these members in front of what every event needs. */
function event(members: string): string {
  return `{${members}${members === '' ? '' : ','}"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z"}`;
}

const pod = (spec: string): string => event(`"requestObject":{"spec":{${spec}}}`);
const request = (members: string): string => event(`"requestObject":{${members}}`);

type Value = string | readonly string[] | null;
interface FieldRow {
  readonly field: string;
  readonly what: string;
  readonly event: string;
  /** null: absent */
  readonly falco: Value;
  readonly fixed: Value;
}

const row = (field: string, what: string, text: string, falco: Value, fixed: Value): FieldRow => ({
  field,
  what,
  event: text,
  falco,
  fixed,
});

const KINDS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

function effectiveIds(kind: (typeof KINDS)[number], name: 'user' | 'group'): FieldRow[] {
  const key = name === 'user' ? 'runAsUser' : 'runAsGroup';
  const field = `ka.req.pod.${kind}.eff_run_as_${name}`;
  const ids = (of: readonly (string | undefined)[], more = ''): string => {
    const one = (id: string | undefined): string => (id === undefined ? '{}' : `{"securityContext":{"${key}":${id}}}`);
    return pod(`"${kind}":[${of.map(one).join(',')}]${more}`);
  };
  const podId = `,"securityContext":{"${key}":7}`;
  return [
    row(field, 'its own', ids(['5', '6']), ['0', '0'], ['5', '6']),
    row(field, 'else of the pod', ids(['5', undefined], podId), ['0', '0'], ['5', '7']),
    row(field, 'neither', ids([undefined, '6']), ['0', '0'], ['6']),
    row(field, 'none at all', ids([undefined]), ['0'], null),
    row(field, 'no containers', pod(`"${kind}":[]${podId}`), null, null),
    row(field, 'no list', pod(podId.slice(1)), null, null),
    row(field, 'no array, of the pod', pod(`"${kind}":{}${podId}`), null, ['7']),
    row(`${field}[1]`, 'an index', ids(['5', '6']), null, ['6']),
    row(`${field}[1]`, 'an index, of the pod', ids(['5', undefined], podId), null, ['7']),
    row(`${field}[2]`, 'an index out of range', ids(['5', '6'], podId), null, null),
    row(`${field}[0]`, 'an index, neither', ids([undefined]), null, null),
    row(field, 'where the original looks', pod(`"${key}":3,"${kind}":[{"${key}":4},{}]`), ['4', '3'], null),
  ];
}

function capabilities(kind: (typeof KINDS)[number]): FieldRow[] {
  const field = `ka.req.pod.${kind}.add_capabilities`;
  const one = (add: string): string => `{"securityContext":{"capabilities":{"add":${add}}}}`;
  const two = pod(`"${kind}":[${one('["NET_ADMIN","SYS_TIME"]')},{},${one('["SYS_ADMIN"]')}]`);
  return [
    row(
      field,
      'of all containers',
      two,
      ['["NET_ADMIN","SYS_TIME"]', '["SYS_ADMIN"]'],
      ['NET_ADMIN', 'SYS_TIME', 'SYS_ADMIN'],
    ),
    row(`${field}[0]`, 'of one container', two, ['["NET_ADMIN","SYS_TIME"]'], ['NET_ADMIN', 'SYS_TIME']),
    row(`${field}[1]`, 'of one without', two, null, null),
    row(`${field}[2]`, 'of the last container', two, ['["SYS_ADMIN"]'], ['SYS_ADMIN']),
    row(`${field}[3]`, 'out of range', two, null, null),
    row(field, 'an empty array', pod(`"${kind}":[${one('[]')}]`), ['[]'], null),
  ];
}

function repositories(kind: (typeof KINDS)[number]): FieldRow[] {
  const field = `ka.req.pod.${kind}.image.repository`;
  const image = (text: string): string => pod(`"${kind}":[{"image":"${text}"}]`);
  return [
    row(field, 'tag', image('a/b:1'), ['a/b'], ['a/b']),
    row(field, 'port', image('localhost:5000/x'), ['localhost'], ['localhost:5000/x']),
    row(field, 'port and tag', image('r.io:5000/a/b:1.2'), ['r.io'], ['r.io:5000/a/b']),
    row(field, 'digest', image('a/b@sha256:0f'), ['a/b'], ['a/b']),
    row(field, 'port, tag and digest', image('r:5/a:1@sha256:0f'), ['r'], ['r:5/a']),
    row(field, 'nothing to cut', image('nginx'), ['nginx'], ['nginx']),
    row(field, 'IPv6 registry', image('[::1]:5000/x:1'), ['['], ['[::1]:5000/x']),
    row(`${field}[0]`, 'an index', image('r:5/a:1'), ['r'], ['r:5/a']),
    row(field, 'one without an image', pod(`"${kind}":[{"image":"a:1"},{}]`), null, null),
  ];
}

const PORTS = '{"port":80},{"port":443,"name":"tls"}';
const service = event(`"requestObject":{"spec":{"ports":[${PORTS}]}}`);
const addresses = event('"sourceIPs":["10.0.0.1","10.0.0.2"]');

const FIELDS: readonly FieldRow[] = [
  row('ka.verb', 'duplicate keys', event('"verb":"get","verb":"list"'), 'get', 'list'),
  row('ka.user.name', 'duplicate keys of a level', event('"user":{"username":"a"},"user":{"username":"b"}'), 'a', 'b'),
  row('ka.user.name', 'duplicate keys, the last without', event('"user":{"username":"a"},"user":{}'), 'a', null),
  row('ka.verb', 'duplicate keys, one escaped', event('"verb":"get","v\\u0065rb":"list"'), 'get', 'list'),
  row('jevt.value[/x]', 'duplicate keys', event('"x":1,"x":2'), '1', '2'),
  row('ka.sourceips', 'addresses', addresses, null, ['10.0.0.1', '10.0.0.2']),
  row('ka.sourceips[1]', 'an index', addresses, null, ['10.0.0.2']),
  row('ka.sourceips[2]', 'out of range', addresses, null, null),
  row('ka.sourceips', 'none', event('"sourceIPs":[]'), null, null),
  row('ka.sourceips', 'where the original looks', request('"rules":[{"sourceIPs":["1.1.1.1"]}]'), ['1.1.1.1'], null),
  ...KINDS.flatMap((kind) => [...effectiveIds(kind, 'user'), ...effectiveIds(kind, 'group')]),
  ...KINDS.flatMap((kind) => capabilities(kind)),
  ...KINDS.flatMap((kind) => repositories(kind)),
  row('ka.req.container.image.repository', 'port', pod('"containers":[{"image":"r:5/a:1"}]'), 'r', 'r:5/a'),
  row('ka.req.container.image.repository', 'digest', pod('"containers":[{"image":"a@sha256:1"}]'), 'a', 'a'),
  row('ka.req.service.ports', 'ports', service, [`[${PORTS}]`], ['{"port":80}', '{"port":443,"name":"tls"}']),
  row('ka.req.service.ports[1]', 'an index', service, [`[${PORTS}]`], ['{"port":443,"name":"tls"}']),
  row('ka.req.service.ports[2]', 'out of range', service, [`[${PORTS}]`], null),
  row('ka.req.service.ports', 'none', event('"requestObject":{"spec":{"ports":[]}}'), ['[]'], null),
  // what crashes the original is absent in both
  row('ka.req.pod.volumes.volume_type', 'a JSON patch', event('"requestObject":[{"op":"add"}]'), null, null),
  row(
    'ka.req.pod.containers.image[18446744073709551615]',
    'no index',
    pod('"containers":[{"image":"a"},{"image":"b"}]'),
    ['a', 'b'],
    ['a', 'b'],
  ),
  // and what is not in the table is the same
  row(
    'ka.req.pod.containers.run_as_user',
    'ids',
    pod('"containers":[{"securityContext":{"runAsUser":5}},{}]'),
    ['5'],
    ['5'],
  ),
  row(
    'ka.req.pod.containers.image',
    'images',
    pod('"containers":[{"image":"r:5/a:1@sha256:0"}]'),
    ['r:5/a:1@sha256:0'],
    ['r:5/a:1@sha256:0'],
  ),
  row(
    'ka.req.configmap.obj',
    'escapes',
    request('"data":{"a":"\\u003c","n":1.50}'),
    '{"a":"\\u003c","n":1.50}',
    '{"a":"\\u003c","n":1.50}',
  ),
];

describe.each(FIELDS)('$field: $what', ({ field, event: text, ...expected }) => {
  test.each(SEMANTICS)('%s', async (semantics) => {
    for (const engine of await enginesOf(programOf(semantics, 'evt.num > 0', `%${field}`))) {
      const { alerts } = engine.evaluate(new TextEncoder().encode(text));
      expect(alerts).toHaveLength(1);
      const fields = JSON.parse(alerts[0]!.json).output_fields as Readonly<Record<string, Value>>;
      expect(fields[field]).toEqual(expected[semantics]);
    }
  });
});

interface PayloadRow {
  readonly what: string;
  readonly payload: string | Uint8Array;
  /** events evaluated, then what was rejected */
  readonly falco: readonly [number, Readonly<Record<string, number>>];
  readonly fixed: readonly [number, Readonly<Record<string, number>>];
}

const payload = (
  what: string,
  text: string | Uint8Array,
  falco: PayloadRow['falco'],
  fixed: PayloadRow['fixed'],
): PayloadRow => ({ what, payload: text, falco, fixed });

const ACCEPTED = [1, {}] as const;
const REFUSED = [0, { invalid_json: 1 }] as const;

/** An event whose member `x` is this text. */
const holding = (text: string): string => event(`"x":${text}`);
/** `levels` counts the event itself and, for a number at the end, that one. */
const nested = (levels: number, inner = ''): string => {
  const brackets = levels - 1 - (inner === '' ? 0 : 1);
  return holding('['.repeat(brackets) + inner + ']'.repeat(brackets));
};

function withByte(byte: number): Uint8Array {
  const bytes = new TextEncoder().encode(holding('"~"'));
  bytes[bytes.indexOf(0x7e)] = byte;
  return bytes;
}

const bad = ['5', '"x"', 'null', '{}', '{"kind":"Pod"}', '{"kind":"EventList"}'];

const PAYLOADS: readonly PayloadRow[] = [
  ...['01', '1.', '.5', '+1', '--1', '1e', '1.2.3', '00', '1+1'].map((text) =>
    payload(`the number ${text}`, holding(text), ACCEPTED, REFUSED),
  ),
  ...['nan', 'NaN', 'inf', '-inf', '+Inf'].map((text) => payload(text, holding(text), ACCEPTED, REFUSED)),
  ...['1', '-0', '1.50', '1E+2', '9'.repeat(30)].map((text) => payload(text, holding(text), ACCEPTED, ACCEPTED)),
  payload('a sign alone', holding('-'), REFUSED, REFUSED),
  payload('a control character', holding('"\u0001"'), ACCEPTED, REFUSED),
  payload('a tab in a string', holding('"\t"'), ACCEPTED, REFUSED),
  payload('an unknown escape', holding('"\\x"'), ACCEPTED, REFUSED),
  payload('a short \\u', holding('"\\u12"'), ACCEPTED, REFUSED),
  payload('a lone surrogate', holding('"\\ud800"'), ACCEPTED, ACCEPTED),
  payload('a byte that is not UTF-8', withByte(0xff), ACCEPTED, [0, { invalid_utf8: 1 }]),
  payload('a byte order mark', `\uFEFF${event('')}`, REFUSED, REFUSED),
  payload('a trailing comma', holding('[1,]'), REFUSED, REFUSED),
  payload('a comment', `${event('')}//`, REFUSED, REFUSED),
  payload('single quotes', holding("'a'"), REFUSED, REFUSED),
  payload('300 levels', nested(300), ACCEPTED, ACCEPTED),
  payload('300 levels, the last one a number', nested(300, '1'), ACCEPTED, ACCEPTED),
  payload('301 levels, the last one a number', nested(301, '1'), [0, { too_deep: 1 }], ACCEPTED),
  payload('301 levels', nested(301), [0, { too_deep: 1 }], ACCEPTED),
  payload('1000 levels', nested(1000), [0, { too_deep: 1 }], ACCEPTED),
  payload('1001 levels', nested(1001), [0, { too_deep: 1 }], [0, { too_deep: 1 }]),
  ...bad.map((element) =>
    payload(
      `an array with ${element}`,
      `[${event('')},${element},${event('')}]`,
      [0, { not_audit_event: 1 }],
      [2, { not_audit_event: 1 }],
    ),
  ),
  payload(
    'an array with an event without its time',
    `[${event('')},{"kind":"Event"},${event('')}]`,
    [2, { missing_timestamp: 1 }],
    [2, { missing_timestamp: 1 }],
  ),
  payload('an array of events', `[${event('')},${event('')}]`, [2, {}], [2, {}]),
];

describe.each(PAYLOADS)('$what', ({ payload: given, ...expected }) => {
  test.each(SEMANTICS)('%s', async (semantics) => {
    const bytes = typeof given === 'string' ? new TextEncoder().encode(given) : given;
    for (const engine of await enginesOf(programOf(semantics, 'evt.num > 0', 'o'))) {
      const { counts } = engine.evaluate(bytes, { framing: 'document' });
      expect([counts.evaluated, counts.rejected]).toEqual(expected[semantics]);
    }
  });
});

describe('what crashes the original is an error of the rule', () => {
  test.each([
    ['ka.req.pod.containers.image[9223372036854775808] in (a)', 'E324'],
    ['ka.req.pod.containers.image[18446744073709551614] in (a)', 'E324'],
    ['ka.req.volume.hostpath[""] = true', 'E322'],
  ])('%s', (condition, code) => {
    for (const semantics of SEMANTICS) {
      const text = `- rule: R\n  desc: d\n  condition: '${condition}'\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;
      const { diagnostics } = compile([{ name: 'rules.yaml', text }], { semantics });
      expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
    }
  });
});
