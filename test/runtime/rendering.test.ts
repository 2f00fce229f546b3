// Values, templates and alerts as text and JSON, from records written by hand.

import { describe, expect, it } from 'vitest';
import type { Render, RuleMeta, TemplatePart } from '../../src/program/meta.ts';
import { addressText } from '../../src/runtime/address-text.ts';
import { Alert, type FormatOptions, Formatter } from '../../src/runtime/alert.ts';
import { prepareTemplate, renderJson, renderTemplate } from '../../src/runtime/template.ts';
import { TextBuffer } from '../../src/runtime/text-buffer.ts';
import { clockText, EventTime, isoText } from '../../src/runtime/time-text.ts';
import { bytesOfRecord, type Match, matchesOf, recordOf, type Written } from './record-writer.ts';

function text(value: Written, render: Render = 'string', width = 0): string {
  const template = prepareTemplate([{ value: 0, render, width }]);
  return renderTemplate(template, recordOf([value]), new TextBuffer());
}
const json = (value: Written, render: Render = 'string'): string => renderJson(recordOf([value]), 0, render);

describe('values', () => {
  it('are printed by type', () => {
    expect([text('a b'), json('a b')]).toEqual(['a b', '"a b"']);
    expect([text(18446744073709551615n, 'number'), json(18446744073709551615n, 'number')]).toEqual([
      '18446744073709551615',
      '18446744073709551615',
    ]);
    expect([text(5n, 'number9'), json(5n, 'number9')]).toEqual(['000000005', '5']);
    expect([text(12345678901n, 'number9'), json(12345678901n, 'number9')]).toEqual(['12345678901', '12345678901']);
    expect([text('true', 'bool'), json('true', 'bool')]).toEqual(['true', 'true']);
    expect([text('10.0.0.0/8', 'network'), json('10.0.0.0/8', 'network')]).toEqual(['<IPNET>', '"<IPNET>"']);
    expect([text('22:13:20', 'time'), json('22:13:20', 'time')]).toEqual(['22:13:20', '1700000000123456789']);
  });

  it('that are absent, or empty lists, are <NA> and null', () => {
    for (const value of [undefined, []]) expect([text(value), json(value)]).toEqual(['<NA>', 'null']);
    expect(text(undefined, 'string', 2)).toBe('<N');
    expect(text(undefined, 'string', 6)).toBe('<NA>  ');
  });

  it('in lists have no blanks between them', () => {
    expect([text(['a', 'b c', 'd,e']), json(['a', 'b c', 'd,e'])]).toEqual(['(a,b c,d,e)', '["a","b c","d,e"]']);
    expect([text([1n, 2n], 'number'), json([1n, 2n], 'number')]).toEqual(['(1,2)', '[1,2]']);
    expect([text(['true', 'false'], 'bool'), json(['true', 'false'], 'bool')]).toEqual([
      '(true,false)',
      '[true,false]',
    ]);
  });

  it('that are empty leave no comma at the start of a list', () => {
    expect([text(['', '']), json(['', ''])]).toEqual(['()', '["",""]']);
    expect(text(['', 'a'])).toBe('(a)');
    expect(text(['a', ''])).toBe('(a,)');
  });

  it('in long lists are cut to 1023 bytes, in JSON not', () => {
    const long = ['x'.repeat(600), 'y'.repeat(600), 'z'];
    expect(text(long)).toBe(`(${long[0]},${'y'.repeat(1023 - 602)}`);
    expect(json(long)).toBe(JSON.stringify(long));
    expect(text(['x'.repeat(1021)])).toBe(`(${'x'.repeat(1021)})`);
    expect(text(['x'.repeat(1022)])).toBe(`(${'x'.repeat(1022)}`);
  });

  it('have widths in bytes', () => {
    expect([text('abc', 'string', 2), text('abc', 'string', 5), text(5n, 'number', 3)]).toEqual(['ab', 'abc  ', '5  ']);
    expect(text(['a', 'b c'], 'string', 5)).toBe('(a,b ');
    // two bytes each: a cut in the middle of a character leaves an ill-formed one
    expect([text('éé', 'string', 3), text('éé', 'string', 6)]).toEqual(['é\ufffd', 'éé  ']);
  });

  it('that are not UTF-8 have U+FFFD for each ill-formed sequence', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0xc3, 0x28, 0xe2, 0x82);
    expect([text(bytes), json(bytes)]).toEqual(['a\ufffd\ufffd(\ufffd', '"a\ufffd\ufffd(\ufffd"']);
  });

  it('may complete each other', () => {
    const parts: TemplatePart[] = [0, 1].map((value) => ({ value, render: 'string', width: 0 }));
    const record = recordOf([Uint8Array.of(0xc3), Uint8Array.of(0xa9)]);
    expect(renderTemplate(prepareTemplate(parts), record, new TextBuffer())).toBe('é');
  });

  it('keep a byte order mark', () => {
    expect([text('\ufeffa'), json('\ufeffa')]).toEqual(['\ufeffa', '"\ufeffa"']);
  });

  it('are found among many', () => {
    const record = recordOf(Array.from({ length: 40 }, (_, i) => `v${i}`));
    expect(renderJson(record, 33, 'string')).toBe('"v33"');
    expect(renderJson(record, 99, 'string')).toBe('null');
  });
});

describe('addresses', () => {
  const v6 = (...groups: number[]): string =>
    addressText(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])));

  it('of IPv4 are dotted', () => {
    expect(addressText(Uint8Array.of(10, 0, 255, 1))).toBe('10.0.255.1');
  });

  it('of IPv6 are shortened', () => {
    expect(v6(0, 0, 0, 0, 0, 0, 0, 0)).toBe('::');
    expect(v6(0, 0, 0, 0, 0, 0, 0, 1)).toBe('::1');
    expect(v6(0xfe80, 0, 0, 0, 0, 0, 0, 0)).toBe('fe80::');
    expect(v6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1)).toBe('2001:db8::1:0:0:1');
    expect(v6(0x2001, 0xdb8, 0, 1, 0, 0, 0, 1)).toBe('2001:db8:0:1::1');
    expect(v6(1, 0, 2, 3, 4, 5, 6, 7)).toBe('1:0:2:3:4:5:6:7');
    expect(v6(0, 0, 0, 0, 0, 0xffff, 0x0a00, 1)).toBe('::ffff:10.0.0.1');
  });
});

describe('times', () => {
  it('agree with Date', () => {
    for (const seconds of [
      0, 59, 951_782_400, 951_868_799, 1_078_012_800, 1_700_000_000, 4_107_542_400, 13_569_465_600,
    ]) {
      const time = BigInt(seconds) * 1_000_000_000n + 7n;
      expect(isoText(new EventTime(time))).toBe(`${new Date(seconds * 1000).toISOString().slice(0, 19)}.000000007`);
    }
  });

  it('of day have the zone of now', () => {
    const time = 1_700_000_000_123_456_789n;
    expect([0, 3600, -23 * 3600, 5.5 * 3600].map((zone) => clockText(new EventTime(time), zone))).toEqual([
      '22:13:20.123456789',
      '23:13:20.123456789',
      '23:13:20.123456789',
      '03:43:20.123456789',
    ]);
    expect(clockText(new EventTime(5n), -60)).toBe('23:59:00.000000005');
  });
});

const RULE: RuleMeta = {
  name: 'R "1"',
  description: 'd',
  priority: 6,
  tags: ['a', 'z'],
  source: 'k8s_audit',
  enabled: true,
  output: [{ text: 'q="' }, { value: 0, render: 'string', width: 0 }, { text: '" \\ \u0001' }],
  fields: [
    { key: 'b', value: 0, render: 'string' },
    { key: 'evt.time.s', value: 1, render: 'time' },
    { key: 'a[x]', value: 1, render: 'number' },
  ],
  formatted: [{ key: 'fmt', output: [{ text: '<' }, { value: 1, render: 'number', width: 0 }, { text: '>' }] }],
};

function alertOf(options: FormatOptions = {}): Alert {
  const formatter = new Formatter([RULE], 'host', options);
  const [{ ruleId, page, at, place }] = matchesOf([bytesOfRecord(['v\n', 9007199254740993n])]) as [Match];
  return new Alert({ formatter, zoneSeconds: 7200 }, ruleId, page, at, place);
}

describe('alerts', () => {
  it('have the text line escaped, the output not', () => {
    const alert = alertOf();
    expect(alert.message).toBe('q="v\n" \\ \u0001');
    expect(alert.output).toBe('00:13:20.123456789: Informational q="v\n" \\ \u0001');
    expect(alert.text).toBe('00:13:20.123456789: Informational q=\\"v\\n\\" \\\\ \\u0001');
  });

  it('have the JSON line with sorted keys and all digits', () => {
    expect(alertOf().json).toBe(
      '{"hostname":"host","output":"00:13:20.123456789: Informational q=\\"v\\n\\" \\\\ \\u0001","output_fields":{"a[x]":9007199254740993,' +
        '"b":"v\\n","evt.time":1700000000123456789,"evt.time.s":1700000000123456789,"fmt":"<9007199254740993>"},"priority":"Informational",' +
        '"rule":"R \\"1\\"","source":"k8s_audit","tags":["a","z"],"time":"2023-11-14T22:13:20.123456789Z"}',
    );
  });

  it('follow the switches', () => {
    const alert = alertOf({
      json_include_message_property: true,
      json_include_output_property: false,
      json_include_output_fields_property: false,
      json_include_tags_property: false,
    });
    expect(Object.keys(JSON.parse(alert.json))).toEqual(['hostname', 'message', 'priority', 'rule', 'source', 'time']);
    const iso = alertOf({ time_format_iso_8601: true });
    expect(iso.output).toMatch(/^2023-11-14T22:13:20\.123456789\+0000: Informational /);
    expect(Object.keys(iso.output_fields)).toEqual(['a[x]', 'b', 'evt.time.iso8601', 'evt.time.s', 'fmt']);
  });

  it('are objects as well', () => {
    const alert = alertOf();
    expect(JSON.parse(JSON.stringify(alert))).toEqual(JSON.parse(alert.json));
    expect(alert.output_fields['b']).toBe('v\n');
    expect([alert.rule, alert.priority, alert.source, alert.tags, alert.hostname]).toEqual([
      'R "1"',
      'Informational',
      'k8s_audit',
      ['a', 'z'],
      'host',
    ]);
    expect([alert.time, alert.timeNs, alert.eventNumber]).toEqual([
      '2023-11-14T22:13:20.123456789Z',
      1700000000123456789n,
      1n,
    ]);
    expect(alert.timeMs).toBeCloseTo(1_700_000_000_123.4568, 3);
    expect([alert.offset, alert.line]).toEqual([10, 3]);
  });
});
