// Small readers of the reference: times, addresses, query parameters, options, wildcards.

import { describe, expect, it } from 'vitest';
import { getopt } from './getopt.ts';
import { formatAddress, networkContains, parseAddress } from './ip.ts';
import { matchesWildcard } from './selection.ts';
import { parseTime } from './time.ts';
import { uriParam } from './uri-param.ts';

describe('times', () => {
  it.each([
    ['2024-05-06T07:08:09Z', 1714979289000000000n],
    ['2024-05-06T09:08:09.5+02:00', 1714979289500000000n],
    ['2024-05-06T07:08:09,1234567899Z', 1714979289123456789n],
    ['1969-12-31T23:59:59.25Z', -750000000n],
    ['0000-02-29T00:00:00Z', -62162121600000000000n],
  ])('%s', (text, nanoseconds) => expect(parseTime(text)).toBe(nanoseconds));

  it.each([
    '2023-02-29T00:00:00Z',
    '2024-05-06T24:00:00Z',
    '2024-05-06T07:08:60Z',
    '2024-05-06T07:08:09.Z',
    '2024-05-06',
  ])('not %s', (text) => expect(parseTime(text)).toBeUndefined());
});

describe('addresses', () => {
  it.each([
    '10.0.0.1',
    '::1',
    '::',
    '::ffff:1.2.3.4',
    '::1.2.3.4',
    '2001:db8::1',
    '1:0:0:2::3',
    '1:2:3:4:5:6:7:8',
    '0:1::',
  ])('%s', (text) => {
    expect(formatAddress(parseAddress(text)!)).toBe(text);
  });

  it.each(['01.2.3.4', '1.2.3', '::ffff:1.2.3', ':::', '1::2::3', '12345::', 'x'])('not %s', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('lie in networks', () => {
    const lies = (address: string, network: string) => networkContains(network, parseAddress(address)!);
    expect([lies('10.1.2.3', '10.9.9.9/8'), lies('11.1.2.3', '10.0.0.0/8'), lies('::1', '0.0.0.0/0')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(lies('2001:db8::9', '2001:db8::/32')).toBe(true);
  });
});

describe('query parameters', () => {
  it.each([
    ['/x?a=1&a=2', '1'],
    ['/x?b&a', ''],
    ['/x?%61=b+c%2f', 'b c/'],
    ['//h:80/x?a=1', '1'],
    ['http://u:p@[::1]:80/x?a=1', '1'],
    ['*?a=1', '1'],
  ])('%s', (uri, value) => expect(uriParam(uri, 'a')).toBe(value));

  it.each([
    '/%zz?a=1',
    '/x?a=1;b',
    '/x?a=1&%',
    ':x?a=1',
    '1:x?a=1',
    'http://h:p/?a=1',
    '/x?a=1#%z',
    '/x\x7f?a=1',
    'http://a b/?a=1',
  ])('none in %j', (uri) => expect(uriParam(uri, 'a')).toBeUndefined());
});

describe('options', () => {
  it('come as letters and values', () => {
    expect(getopt(['-ab', 'x', '--long', '-c', 'end', '-a'], 'ab:', undefined)).toEqual(['a', 'b', 'x', '?']);
    expect(getopt(['-b'], 'b:', 'b')).toEqual(['']);
    expect(getopt(['-a', '--', '-b'], 'ab', 'b')).toBeUndefined();
  });
});

it('wildcards take the first place', () => {
  expect(['foofoo', 'xfoo', 'Foo'].map((name) => matchesWildcard(name, '*foo'))).toEqual([false, true, false]);
  expect(matchesWildcard('Foo bar', 'Foo*')).toBe(true);
});
