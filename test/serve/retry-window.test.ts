// What tells events apart, and the bounds of what is remembered.

import { describe, expect, it } from 'vitest';
import { hashEvent } from '../../src/serve/identity.ts';
import { KeyedHash } from '../../src/serve/keyed-hash.ts';
import { Queue } from '../../src/serve/queue.ts';
import { RetryWindow } from '../../src/serve/retry-window.ts';
import { auditEvent } from '../cli/command.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function hashOf(text: string): number | undefined {
  const hash = new KeyedHash(new Uint8Array(8));
  hash.start();
  const bytes = bytesOf(`xx${text}yy`);
  return hashEvent(hash, bytes, 2, bytes.length - 2) ? hash.end() : undefined;
}

describe('the identity of an event', () => {
  it('is auditID, stage and requestURI, wherever they stand', () => {
    const event = '{"auditID":"a","stage":"s","requestURI":"/u"}';
    const same = [
      '{"kind":"Event","auditID":"a","stage":"s","requestURI":"/u","verb":"get"}',
      ' { "x" : { "auditID" : "b", "y":[1,"}",{}] } , "auditID" : "a" , "stage":"s" , "n":-1.5e3,"t":true, "requestURI" : "/u" } ',
      '{"q":"\\"auditID\\":\\"z\\\\","auditID":"a","stage":"s","requestURI":"/u","auditID":"later"}',
    ];
    for (const text of same) expect(hashOf(text), text).toBe(hashOf(event));
  });

  it('is another one when one of them is', () => {
    const texts = ['a s /u', 'b s /u', 'a t /u', 'a s /v', 'as  /u'].map((text) => {
      const [auditID, stage, requestURI] = text.split(' ');
      return JSON.stringify({ auditID, stage, requestURI });
    });
    expect(new Set(texts.map(hashOf)).size).toBe(texts.length);
  });

  it.each(['{}', '{"auditID":"a"}', '{"stage":"s","requestURI":"/u"}', '{"x":{"auditID":"a","stage":"s"}}'])(
    'is not known: %s',
    (text) => expect(hashOf(text)).toBeUndefined(),
  );
});

describe('the keyed hash', () => {
  it('gives whole numbers that depend on every byte, on the order and on the key', () => {
    const of = (bytes: Uint8Array, key = new Uint8Array(8)): number => {
      const hash = new KeyedHash(key);
      hash.start();
      hash.addBytes(bytes, 0, bytes.length);
      return hash.end();
    };
    const results = new Set<number>();
    for (let i = 0; i < 64; i++) for (const bit of [1, 64]) results.add(of(new Uint8Array(64).fill(bit, i, i + 1)));
    for (let length = 0; length < 64; length++) results.add(of(new Uint8Array(length)));
    results.add(of(new Uint8Array(64), Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)));
    expect(results.size).toBe(128 + 64 + 1);
    expect([...results].every((one) => Number.isSafeInteger(one) && one >= 0)).toBe(true);
  });
});

describe('the window', () => {
  const alert = (id: string, rule = 'r'): [Uint8Array, Parameters<RetryWindow['keyOf']>[1]] => {
    const bytes = bytesOf(auditEvent(id));
    return [bytes, { offset: 0, length: bytes.length, timeNs: 1_700_000_000_123_456_000n, rule }];
  };

  it('remembers no more than it may, the newest longest', () => {
    const window = new RetryWindow(1000);
    const keys = Array.from({ length: 5000 }, (_, i) => window.keyOf(...alert(`${i}`))!);
    for (const key of keys) window.finish([key], 1);
    expect(window.size).toBeLessThanOrEqual(1000);
    expect(window.deliveredTo(keys.at(-1)!)).toBe(1);
    expect(keys.slice(-500).every((key) => window.deliveredTo(key) === 1)).toBe(true);
    expect(window.deliveredTo(keys[0]!)).toBe(0);
  });

  it('tells rules and times apart, and forgets an output', () => {
    const window = new RetryWindow(1000);
    const [bytes, one] = alert('a');
    const keys = [one, { ...one, rule: 's' }, { ...one, timeNs: one.timeNs + 1000n }].map(
      (row) => window.keyOf(bytes, row)!,
    );
    expect(new Set(keys).size).toBe(3);
    window.finish([keys[0]!], 0b11);
    window.forget(0b01);
    expect(keys.map((key) => window.deliveredTo(key))).toEqual([0b10, 0, 0]);
  });
});

describe('the queue', () => {
  it('takes one body of any size, and then only what fits', () => {
    const queue = new Queue(100);
    expect(queue.enter(500)).toBe(true);
    expect(queue.add(500)).toBe(true);
    expect(queue.enter(0)).toBe(false);
    queue.leave(500);
    expect(queue.enter(60)).toBe(true);
    expect(queue.add(60)).toBe(true);
    expect(queue.enter(41)).toBe(false);
    expect(queue.enter(40)).toBe(true);
    expect(queue.add(41)).toBe(false);
  });

  it('names seconds that it can keep', () => {
    const queue = new Queue(100);
    queue.enter(0);
    queue.add(100);
    expect(queue.retryAfter()).toBeGreaterThanOrEqual(1);
    expect(queue.retryAfter()).toBeLessThanOrEqual(10);
    queue.leave(100);
    expect(queue.retryAfter()).toBe(1);
  });
});
