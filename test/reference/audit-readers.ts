// The algorithms of the audit fields, written down a second time from the field documentation so that a slip in the engine
// cannot hide here. Each makes a reader: one event in, the field's texts out, undefined for "no value".

import type { AuditEvent } from './ingest.ts';
import {
  compact,
  indented,
  isStrictJson,
  type JsonValue,
  member,
  type Semantics,
  textOf,
  unescapeText,
} from './json-text.ts';
import { type Found, followPointer, lenientTokens, multi, walk } from './paths.ts';
import { uriParam } from './uri-param.ts';

/** The argument as the rule wrote it (a byte string). */
export interface Request {
  readonly event: AuditEvent;
  readonly semantics: Semantics;
  readonly arg: string | undefined;
}
export interface AuditField {
  readonly list: boolean;
  readonly read: (request: Request) => readonly string[] | undefined;
}

const NO_INDEX = 2n ** 64n - 1n;

function indexOf(arg: string | undefined): bigint | undefined {
  const index = arg === undefined ? undefined : BigInt(arg);
  return index === NO_INDEX ? undefined : index;
}

export function atPath({ event, semantics }: Request, path: readonly string[]): JsonValue | undefined {
  return walk(event.document, path, semantics);
}

function allAt({ event, semantics, arg }: Request, path: readonly string[]): Found | undefined {
  return multi(event.document, path, indexOf(arg), semantics);
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}

export function single(read: (request: Request) => string | undefined): AuditField {
  return {
    list: false,
    read: (request) => {
      const text = read(request);
      return text === undefined ? undefined : [text];
    },
  };
}

function list(read: (request: Request) => readonly string[] | undefined): AuditField {
  return { list: true, read };
}

export function walked(...path: string[]): AuditField {
  return single((request) => {
    const value = atPath(request, path);
    return value && textOf(value);
  });
}

export function walkedList(...path: string[]): AuditField {
  return list((request) => {
    const value = atPath(request, path);
    return value?.kind === 'array' ? value.items.map(textOf) : undefined;
  });
}

/** Without the holes. */
export function skipping(...path: string[]): AuditField {
  return list((request) => allAt(request, path)?.filter(isPresent).map(textOf));
}

/** One hole and the whole field fails. */
export function allOrNothing(
  path: readonly string[],
  change: (text: string, semantics: Semantics) => string,
): AuditField {
  return list((request) => {
    const found = allAt(request, path);
    return found?.every(isPresent) ? found.map((value) => change(textOf(value), request.semantics)) : undefined;
  });
}

export function firstOf(path: readonly string[], change: (text: string, semantics: Semantics) => string): AuditField {
  return single((request) => {
    const first = allAt({ ...request, arg: '0' }, path)?.[0];
    return first && change(textOf(first), request.semantics);
  });
}

export const unchanged = (text: string): string => text;

export function repository(image: string, semantics: Semantics): string {
  if (semantics === 'falco') return image.replace(/[:@].*$/s, '');
  const named = image.replace(/@.*$/s, '');
  const slash = named.lastIndexOf('/');
  return named.slice(0, slash + 1) + named.slice(slash + 1).replace(/:.*$/s, '');
}

/** Arrays of strings, each joined with blanks. */
export function joined(path: readonly string[]): AuditField {
  return list((request) => {
    const texts: string[] = [];
    for (const value of allAt(request, path)?.filter(isPresent) ?? []) {
      if (value.kind !== 'array' || value.items.some((item) => item.kind !== 'string')) return undefined;
      texts.push(value.items.map(textOf).join(' '));
    }
    return texts;
  });
}

export function ports(path: readonly string[]): AuditField {
  return list((request) => {
    const texts: string[] = [];
    for (const value of allAt(request, path)?.filter(isPresent) ?? []) {
      if (value.kind !== 'array') return undefined;
      for (const port of value.items) {
        const number = member(port, 'hostPort', request.semantics) ?? member(port, 'containerPort', request.semantics);
        if (number !== undefined) texts.push(textOf(number));
      }
    }
    return texts;
  });
}

export function capabilities(path: readonly string[]): AuditField {
  return list((request) => {
    const found = allAt(request, path)?.filter(isPresent);
    return request.semantics === 'falco' ? found?.map(textOf) : found?.flatMap(elementTexts);
  });
}

/** A value that is no array stands for itself, as everywhere in the paths. */
function elementTexts(value: JsonValue): string[] {
  return value.kind === 'array' ? value.items.map(textOf) : [textOf(value)];
}

/** Elements of the array at a path; the index picks one of them. */
function elements(request: Request, path: readonly string[]): readonly string[] | undefined {
  const index = indexOf(request.arg);
  const value = atPath(request, path);
  const texts = value?.kind === 'array' ? value.items.map(textOf) : [];
  return index === undefined ? texts : texts.slice(Number(index), Number(index) + 1);
}

export function ruleAttribute(name: string): AuditField {
  return list((request) => ruleValues(request, name));
}

function ruleValues(request: Request, name: string): readonly string[] | undefined {
  const found = allAt(request, ['requestObject', 'rules', name]) ?? [];
  return found.flatMap((value) => (value?.kind === 'array' ? value.items.map(textOf) : []));
}

export const sourceIps: AuditField = list((request) =>
  request.semantics === 'falco' ? ruleValues(request, 'sourceIPs') : elements(request, ['sourceIPs']),
);

export const servicePorts: AuditField = list((request) => {
  const path = ['requestObject', 'spec', 'ports'];
  if (request.semantics === 'fixed') return elements(request, path);
  return allAt(request, path)?.filter(isPresent).map(textOf);
});

export function effectiveId(containers: string, key: string): AuditField {
  const inSpec = ['requestObject', 'spec'];
  return list((request) => {
    if (request.semantics === 'fixed') return effectiveIdFixed(request, [...inSpec, containers], key);
    const podValue = atPath(request, [...inSpec, key]);
    const fallback = podValue ? textOf(podValue) : '0';
    return allAt(request, [...inSpec, containers, key])?.map((value) => (value ? textOf(value) : fallback));
  });
}

function effectiveIdFixed(request: Request, containers: readonly string[], key: string): readonly string[] | undefined {
  const podValue = atPath(request, ['requestObject', 'spec', 'securityContext', key]);
  const own = allAt(request, [...containers, 'securityContext', key]);
  const found = own ?? (hasContainer(request, containers) ? [undefined] : undefined);
  return found
    ?.map((value) => value ?? podValue)
    .filter(isPresent)
    .map(textOf);
}

/** Whether there is a container that the index picks, or that stands alone without an array around it. */
function hasContainer(request: Request, path: readonly string[]): boolean {
  const index = indexOf(request.arg);
  const holder = allAt(request, path)?.[0];
  if (holder?.kind !== 'array') return holder?.kind === 'object';
  return index !== undefined && index < BigInt(holder.items.length);
}

export const anyPrivileged: AuditField = single((request) => {
  const path = ['requestObject', 'spec', 'containers', 'securityContext', 'privileged'];
  const found = allAt(request, path);
  return found && String(found.some((value) => value?.kind === 'literal' && value.text === 'true'));
});

export const hostPathMatch: AuditField = single((request) => {
  const key = request.arg ?? '';
  const found = allAt({ ...request, arg: undefined }, ['requestObject', 'spec', 'volumes', 'hostPath', 'path']);
  const paths = found?.filter(isPresent).map(textOf);
  const prefix = key.endsWith('*') ? key.slice(0, -1) : undefined;
  return paths && String(paths.some((path) => path === key || (prefix !== undefined && path.startsWith(prefix))));
});

export const volumeTypes: AuditField = list((request) => {
  const index = indexOf(request.arg);
  const volumes = atPath(request, ['requestObject', 'spec', 'volumes']);
  if (volumes === undefined) return undefined;
  const all = volumes.kind === 'array' ? volumes.items : [volumes];
  const picked = index === undefined || volumes.kind !== 'array' ? all : all.slice(Number(index), Number(index) + 1);
  const keys = picked.flatMap((volume) =>
    volume.kind === 'object' ? volume.members.map((m) => unescapeText(m.rawKey)) : [],
  );
  return keys.filter((key) => key !== 'name');
});

export function subjects(kind: string, namespaced: boolean = false): AuditField {
  return list((request) => {
    const all = atPath(request, ['requestObject', 'subjects']);
    if (all?.kind !== 'array') return undefined;
    return all.items.flatMap((subject) => {
      const [itsKind, name, namespace] = ['kind', 'name', 'namespace'].map((key) => {
        const value = member(subject, key, request.semantics);
        return value && textOf(value);
      });
      if (itsKind !== kind || name === undefined) return [];
      if (!namespaced) return [name];
      return namespace === undefined ? [] : [`${namespace}:${name}`];
    });
  });
}

export const podName: AuditField = single((request) => {
  const resource = atPath(request, ['objectRef', 'resource']);
  const subresource = atPath(request, ['objectRef', 'subresource']);
  if (resource?.kind !== 'string' || textOf(resource) !== 'pods') return undefined;
  if (subresource?.kind === 'string' && textOf(subresource) !== '') return undefined;
  const name = atPath(request, ['responseObject', 'metadata', 'name']);
  return name && textOf(name);
});

export const uriParameter: AuditField = single((request) => {
  const uri = atPath(request, ['requestURI']);
  return uri && uriParam(textOf(uri), request.arg ?? '');
});

export const pointer: AuditField = single(({ event, semantics, arg }) => {
  const value = followPointer(event.document, lenientTokens(arg ?? ''), semantics);
  return value && textOf(value);
});

export const documentIndented: AuditField = single(({ event }) =>
  isStrictJson(compact(event.document)) ? indented(event.document) : undefined,
);

export const rawTime: AuditField = single(({ event }) => String(event.nanoseconds));
