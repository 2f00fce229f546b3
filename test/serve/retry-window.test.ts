// What tells events apart, and the bounds of what is remembered.

import { describe, expect, it, vi } from 'vitest';
import { hashEvent } from '../../src/serve/identity.ts';
import { KeyedHash } from '../../src/serve/keyed-hash.ts';
import { MaskTable } from '../../src/serve/mask-table.ts';
import { Queue, type Ticket } from '../../src/serve/queue.ts';
import { deliveredTo, isCounted, RetryWindow } from '../../src/serve/retry-window.ts';
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

  it('is the same whether an alert carries it or it is read', () => {
    const of = (carried: readonly (string | undefined)[]): number => {
      const hash = new KeyedHash(new Uint8Array(8));
      hash.start();
      const bytes = bytesOf('{"auditID":"a","stage":"s","requestURI":"/u"}');
      const value = (n: number): Uint8Array | undefined => (carried[n] === undefined ? undefined : bytesOf(carried[n]));
      expect(hashEvent(hash, bytes, 0, bytes.length, value)).toBe(true);
      return hash.end();
    };
    expect(of(['a', 's', '/u'])).toBe(of([]));
    expect(new Set([of([]), of(['a', 's', undefined]), of(['a', 's', '/v']), of(['as', '', '/u'])]).size).toBe(4);
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
    return [bytes, { offset: 0, length: bytes.length, timeMs: 1_700_000_000_123.456, rule }];
  };

  const hand = (window: RetryWindow, key: number, mask: number): void =>
    window.finish(window.begin([key], Promise.resolve()), mask);
  const has = (window: RetryWindow, key: number): number => deliveredTo(window.stateOf(key));

  it('remembers no more than it may, the newest longest', () => {
    const window = new RetryWindow(1000);
    const keys = Array.from({ length: 5000 }, (_, i) => window.keyOf(...alert(`${i}`))!);
    for (const key of keys) hand(window, key, 1);
    expect(window.size).toBeLessThanOrEqual(1000);
    expect(has(window, keys.at(-1)!)).toBe(1);
    expect(keys.slice(-500).every((key) => has(window, key) === 1)).toBe(true);
    expect(has(window, keys[0]!)).toBe(0);
  });

  it('tells rules and times apart, and forgets an output', () => {
    const window = new RetryWindow(1000);
    const [bytes, one] = alert('a');
    const keys = [one, { ...one, rule: 's' }, { ...one, timeMs: one.timeMs + 0.001 }].map(
      (row) => window.keyOf(bytes, row)!,
    );
    expect(new Set(keys).size).toBe(3);
    hand(window, keys[0]!, 0b11);
    window.forget(0b01);
    expect(keys.map((key) => has(window, key))).toEqual([0b10, 0, 0]);
  });

  it('knows what is being delivered, and counts an alert once', () => {
    const window = new RetryWindow(1000);
    const key = window.keyOf(...alert('a'))!;
    expect([window.stateOf(key), isCounted(window.stateOf(key))]).toEqual([0, false]);
    const delivery = Promise.resolve();
    const handle = window.begin([key], delivery);
    expect(window.pending(key, window.stateOf(key))).toBe(delivery);
    window.finish(handle, 0);
    const state = window.stateOf(key);
    expect([window.pending(key, state), deliveredTo(state), isCounted(state)]).toEqual([undefined, 0, true]);
  });
});

describe('the table', () => {
  it('does what a Map does', () => {
    const table = new MaskTable();
    const map = new Map<number, number>();
    for (let i = 1; i <= 20_000; i++) {
      // neighbours, and numbers that share their low bits
      const key = i % 20 === 0 ? i * 2 ** 33 + 5 : i;
      table.set(key, i | (1 << 31));
      map.set(key, i | (1 << 31));
      if (i % 3 === 0) {
        table.set(key, i);
        map.set(key, i);
      }
    }
    expect(table.size).toBe(map.size);
    expect([...map].every(([key, mask]) => table.get(key) === mask)).toBe(true);
    expect(table.get(2 ** 52)).toBe(0);
    table.clear(1);
    expect([...map].every(([key, mask]) => table.get(key) === (mask & ~1))).toBe(true);
  });
});

describe('the queue', () => {
  it('takes one body of any size, and then only what fits', () => {
    const queue = new Queue(100);
    const large = queue.enter(500)!;
    expect(queue.add(large, 500)).toBe(true);
    expect(queue.enter(0)).toBeUndefined();
    queue.leave(large);
    const first = queue.enter(60)!;
    expect(queue.add(first, 60)).toBe(true);
    expect(queue.enter(41)).toBeUndefined();
    const second = queue.enter(40)!;
    expect(queue.add(second, 41)).toBe(false);
    queue.leave(second);
    queue.leave(first);
    queue.leave(first);
    expect([queue.bytes, queue.requests]).toEqual([0, 0]);
  });

  it('gives up bodies that arrive slowly when there is no room, the oldest first, and no others', () => {
    vi.useFakeTimers();
    try {
      const queue = new Queue(100);
      const evicted: string[] = [];
      const arriving = (name: string, bytes: number): Ticket => {
        const ticket = queue.enter(0)!;
        ticket.evict = () => evicted.push(name);
        queue.add(ticket, bytes);
        return ticket;
      };
      const slow = arriving('oldest', 40);
      arriving('old', 30);
      vi.advanceTimersByTime(5_000);
      const waiting = arriving('arrived', 20);
      waiting.evict = undefined;
      arriving('new', 10);
      expect(queue.enter(30)).toBeDefined();
      expect([evicted, queue.bytes]).toEqual([['oldest'], 60]);
      expect(queue.add(slow, 1)).toBe(false);
      expect(queue.enter(90)).toBeUndefined();
      expect([evicted, queue.bytes]).toEqual([['oldest', 'old'], 30]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('names seconds that it can keep', () => {
    const queue = new Queue(100);
    const ticket = queue.enter(0)!;
    queue.add(ticket, 100);
    expect(queue.retryAfter()).toBeGreaterThanOrEqual(1);
    expect(queue.retryAfter()).toBeLessThanOrEqual(10);
    queue.leave(ticket);
    expect(queue.retryAfter()).toBe(1);
  });
});
