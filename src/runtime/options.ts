// The engine's options with their defaults, checked: a wrong one is misuse of the API, a TypeError.

import { DEFAULT_MAX_DEPTH, DEFAULT_MAX_EVENT_SIZE } from '../isa/limits.ts';
import { refuseMisspelled } from '../isa/nearest-name.ts';
import { PRIORITY_NAMES, type PriorityName, priorityOf } from '../isa/priorities.ts';
import type { FormatOptions } from './alert.ts';
import type { SimdMode } from './load.ts';
import type { RuleSelection } from './selection.ts';
import type { WasmModule } from './webassembly.ts';

export interface EngineOptions extends FormatOptions {
  /** report an event's first matching rule, or all; default first */
  readonly match?: 'first' | 'all';
  /** leave out rules that are less severe; default debug */
  readonly minPriority?: PriorityName | Lowercase<PriorityName> | 'info';
  /** enable and disable rules, in order */
  readonly rules?: readonly RuleSelection[];
  /** of the rules then enabled, keep those with one of these tags */
  readonly tags?: readonly string[];
  /** skip the validation of what no rule reads; default false */
  readonly trusted?: boolean;
  /** reject larger events, bytes; default 4 MiB */
  readonly maxEventSize?: number;
  /** reject events nested deeper, at most 16,384 levels; default 1000. `falco` has its own limit, 300 */
  readonly maxDepth?: number;
  /** default auto: SIMD where the host has it */
  readonly simd?: SimdMode;
  /** a compiled binary of this package, for hosts that compile WebAssembly ahead of time only */
  readonly module?: WasmModule;
  /** host name in alerts, of which `evt.hostname` has 256 bytes; default localhost */
  readonly hostname?: string;
  /** local time in minutes east of UTC, at most a day's; default: that of the host, at the time of each call */
  readonly timeZoneOffset?: number;
}

export const ENGINE_OPTION_NAMES: readonly string[] = Object.keys({
  match: 0,
  minPriority: 0,
  rules: 0,
  tags: 0,
  trusted: 0,
  maxEventSize: 0,
  maxDepth: 0,
  simd: 0,
  module: 0,
  hostname: 0,
  timeZoneOffset: 0,
  json_include_message_property: 0,
  json_include_output_property: 0,
  json_include_output_fields_property: 0,
  json_include_tags_property: 0,
  time_format_iso_8601: 0,
} satisfies Record<keyof EngineOptions, 0>);

export interface ResolvedOptions {
  readonly matchAll: boolean;
  readonly leastSevere: number;
  readonly trusted: boolean;
  readonly maxEventSize: number;
  readonly maxDepth: number;
  readonly simd: SimdMode;
  readonly hostname: string;
}

const MAX_U32 = 0xffffffff;
/** a day */
const MAX_ZONE_MINUTES = 24 * 60;

/** @throws TypeError; `known` are the names that a misspelled one is compared with */
export function resolveOptions(
  options: EngineOptions,
  known: readonly string[] = ENGINE_OPTION_NAMES,
): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw new TypeError('options: expected an object');
  refuseMisspelled(options, known);
  for (const name of SWITCHES) expectType(name, options[name], 'boolean', 'true or false');
  expectType('hostname', options.hostname, 'string', 'a text');
  expectType('minPriority', options.minPriority, 'string', 'a name');
  for (const name of ['rules', 'tags'] as const) {
    if (options[name] !== undefined && !Array.isArray(options[name])) throw new TypeError(`${name}: expected an array`);
  }
  for (const tag of options.tags ?? []) expectType('tags', tag, 'string', 'texts');
  const leastSevere = priorityOf(options.minPriority ?? 'debug');
  if (leastSevere === undefined) throw new TypeError(`minPriority: expected one of ${PRIORITY_NAMES.join(', ')}`);
  expectMinutes(options.timeZoneOffset);
  return {
    matchAll: oneOf('match', options.match ?? 'first', ['first', 'all']) === 'all',
    leastSevere,
    trusted: options.trusted ?? false,
    maxEventSize: atLeastOne('maxEventSize', options.maxEventSize ?? DEFAULT_MAX_EVENT_SIZE),
    maxDepth: atLeastOne('maxDepth', options.maxDepth ?? DEFAULT_MAX_DEPTH),
    simd: oneOf('simd', options.simd ?? 'auto', ['auto', 'on', 'off']),
    hostname: options.hostname ?? 'localhost',
  };
}

const SWITCHES = [
  'trusted',
  'json_include_message_property',
  'json_include_output_property',
  'json_include_output_fields_property',
  'json_include_tags_property',
  'time_format_iso_8601',
] as const;

function expectType(name: string, value: unknown, type: 'boolean' | 'string', expected: string): void {
  if (value !== undefined && typeof value !== type) throw new TypeError(`${name}: expected ${expected}`);
}

function expectMinutes(offset: unknown): void {
  if (offset === undefined) return;
  if (Number.isFinite(offset) && Math.abs(offset as number) <= MAX_ZONE_MINUTES) return;
  throw new TypeError(`timeZoneOffset: expected minutes, from -${MAX_ZONE_MINUTES} to ${MAX_ZONE_MINUTES}`);
}

function oneOf<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value)) throw new TypeError(`${name}: expected one of ${allowed.join(', ')}`);
  return value;
}

function atLeastOne(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) throw new TypeError(`${name}: expected a positive integer`);
  return Math.min(value, MAX_U32);
}
