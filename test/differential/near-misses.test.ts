// Texts with a grammar of their own inside an event (times, URIs, image references, base64, JSON strings), cut, joined and
// misspelled: the engines must read each alike. FALCONET_SEED repeats a run.

import { expect, test } from 'vitest';
import type { Semantics } from '../conformance/adapter.ts';
import { ENGINES } from '../conformance/engines.ts';
import { ruleFile } from '../conformance/rule-text.ts';
import { Random } from './random.ts';

const seed = Number(process.env.FALCONET_SEED ?? Date.now() % 2 ** 31);
const MS_PER_MUTANT = 10;
const MUTANTS = Number(process.env.FALCONET_MUTANTS ?? 3000);

interface Grammar {
  readonly good: readonly string[];
  readonly pieces: readonly string[];
  /** the event around the JSON text of a string */
  readonly event: (text: string) => string;
  readonly output: string;
}

const STAMP = '"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z"';

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  times: {
    good: [
      '2024-05-06T07:08:09Z',
      '2024-05-06T07:08:09.123456789Z',
      '2024-02-29T7:08:09,5+02:00',
      '1969-12-31T23:59:59.9-05:30',
      '9999-12-31T23:59:59Z',
      '0000-01-01T00:00:00.000Z',
    ],
    pieces: [...'0123456789:-+.,TZz ', '00', '99', '24', '60', '\0', '+24:00', '-24:60', '+00:61', '31'],
    event: (text) => `{"kind":"Event","stageTimestamp":${text}}`,
    output: '%evt.rawtime %evt.reltime %evt.reltime.ns %evt.datetime %evt.time.iso8601 %evt.time.s',
  },
  uris: {
    good: [
      '/api/v1/pods?a=1&b=2&a=3',
      '/x?a=b%20c&%61+b=d#frag%20',
      'http://user:pass@host:80/x?a=1',
      '//[fe80::1%25en0]:443/x?a=1',
      'mailto:a?b=1',
      '*',
      '/exec?command=sh&command=-c&stdin=true;x',
      '/%7Bx%7D/é?b=é',
    ],
    pieces: [
      ...'%?&=#:/@[]+;*ab19 ',
      '%zz',
      '%00',
      '%25',
      '%e9',
      '%41',
      '//',
      '://',
      '&&',
      '?a',
      '\x7f',
      '\0',
      '\u00e9',
      '::',
    ],
    event: (text) => `{"requestURI":${text},${STAMP}}`,
    output: '%ka.uri.param[a] %ka.uri.param[b] %ka.uri.param[""] %ka.uri.param[command] %ka.uri',
  },
  images: {
    good: ['nginx', 'r.io:5000/a/b:1.2@sha256:0f', '[::1]:5000/x:1', 'localhost:5000/x', 'a@b:c/d'],
    pieces: [...':/@[]ab1.', '@sha256:', '\0', ':5000/'],
    event: (text) => `{"requestObject":{"spec":{"containers":[{"image":${text}}]}},${STAMP}}`,
    output: '%ka.req.container.image.repository %ka.req.pod.containers.image.repository',
  },
  base64: {
    good: ['aGVsbG8=', 'aGVsbG8', 'YQ==', '', 'AAECAw==', '+/+/', 'w6k='],
    pieces: [...'=+/aZ09_- \n', '==', '===', '\0'],
    event: (text) => `{"verb":${text},"user":{"groups":["YQ==",${text}]},${STAMP}}`,
    output: '%b64(ka.verb) %len(b64(ka.verb)) %b64(ka.user.groups) %b64(b64(ka.verb))',
  },
};

async function answers(grammar: Grammar, lines: readonly string[], semantics: Semantics): Promise<string[][]> {
  const seen: string[][] = [];
  for (const engine of ENGINES) {
    const options = { semantics, framing: 'lines', match: 'all', hostname: 'h' } as const;
    const { errors, alerts, counts } = await engine.run(
      [ruleFile({ output: grammar.output })],
      Buffer.from(lines.join('\n'), 'latin1'),
      options,
    );
    expect(errors).toEqual([]);
    const { received, evaluated, rejected } = counts;
    seen.push([
      engine.name,
      JSON.stringify([received, evaluated, Object.entries(rejected).sort()]),
      ...alerts.map(({ json }) => json),
    ]);
  }
  return seen;
}

/** Cut, with pieces put in; as the bytes of a JSON string, some characters written as escapes. */
function mutant(random: Random, { good, pieces }: Grammar): string {
  let text = random.pick(good);
  const changes = random.int(4);
  for (let i = 0; i < changes; i++) {
    const at = random.int(text.length + 1);
    text = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.int(3));
  }
  const escaped = JSON.stringify(text).replace(/[a-z0-9/]/g, (c) =>
    random.chance(0.02) ? `\\u00${c.charCodeAt(0).toString(16).padStart(2, '0')}` : c,
  );
  // an escape that was hit itself is no JSON any more, which is as good a case
  return Buffer.from(escaped).toString('latin1');
}

test.each(Object.entries(GRAMMARS))(
  `%s are read alike (seed ${seed})`,
  async (_, grammar) => {
    const random = new Random(seed);
    // the clock stands in for the zero time
    const isTimed = (line: string) => !line.includes('0001-01-01');
    const lines = random.several(MUTANTS, () => grammar.event(mutant(random, grammar))).filter(isTimed);
    for (const semantics of ['falco', 'fixed'] as const) {
      const [first, ...others] = await answers(grammar, lines, semantics);
      for (const other of others) {
        const at = other.findIndex((text, index) => index > 0 && text !== first![index]);
        expect([other[0], other[at], other.length]).toEqual([other[0], first![at], first!.length]);
      }
    }
  },
  60_000 + MUTANTS * MS_PER_MUTANT,
);
