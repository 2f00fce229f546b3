// The events of a test as bytes for the engine: templates resolved, changes applied, lines of files picked. Bytes of a file are
// passed on as they are unless they are changed.

import { didYouMean } from '../isa/nearest-name.ts';
import { changed } from './changes.ts';
import type { EventSource, Templates } from './test-case.ts';

/** Bytes of a file that a test names, as the test writes its path. */
export type ReadFile = (path: string) => Uint8Array;

/** The event that every other can start from: the template `event`. */
export const BASE_EVENT: Readonly<Record<string, unknown>> = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: '00000000-0000-4000-8000-000000000000',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'get',
  user: { username: 'jane', groups: ['system:authenticated'] },
  sourceIPs: ['10.0.0.7'],
  userAgent: 'kubectl/v1.31.0',
  objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2024-05-01T10:00:00.000000Z',
  stageTimestamp: '2024-05-01T10:00:00.250000Z',
};

const MAX_TEMPLATE_DEPTH = 32;

/** JSON lines of one source. */
export function eventBytes(
  source: EventSource,
  templates: Templates,
  read: ReadFile,
): { readonly bytes: Uint8Array } | { readonly problem: string } {
  const lines = sourceLines(source, templates, read, 0);
  if ('problem' in lines) return lines;
  return { bytes: new TextEncoder().encode(`${lines.lines.join('\n')}\n`) };
}

type Lines = { readonly lines: readonly string[] } | { readonly problem: string };

function sourceLines(source: EventSource, templates: Templates, read: ReadFile, depth: number): Lines {
  if (depth > MAX_TEMPLATE_DEPTH) return { problem: `the template '${source.template}' refers to itself` };
  const base = baseLines(source, templates, read, depth);
  if ('problem' in base) return base;
  const { merge, set, remove } = source;
  if (merge === undefined && set === undefined && remove === undefined) return base;
  const lines: string[] = [];
  for (const line of base.lines) {
    const event = parsed(line);
    if (event === undefined) return { problem: 'an event that is no JSON cannot be changed' };
    const result = changed(event, source);
    if ('problem' in result) return result;
    lines.push(JSON.stringify(result.event));
  }
  return { lines };
}

function baseLines(source: EventSource, templates: Templates, read: ReadFile, depth: number): Lines {
  const { event, template, file } = source;
  if (file !== undefined) return fileLines(source, file, read);
  if (template === undefined) return { lines: [JSON.stringify(event)] };
  const found = Object.hasOwn(templates, template) ? templates[template] : undefined;
  if (found !== undefined) return sourceLines(found, templates, read, depth + 1);
  if (template === 'event') return { lines: [JSON.stringify(BASE_EVENT)] };
  const names = [...Object.keys(templates), 'event'];
  const help = didYouMean(template, names) ?? `there are ${names.join(', ')}`;
  return { problem: `there is no template '${template}'; ${help}` };
}

function fileLines({ line, auditid }: EventSource, file: string, read: ReadFile): Lines {
  let text: string;
  try {
    text = new TextDecoder().decode(read(file));
  } catch (error) {
    return { problem: `${file}: ${(error as Error).message}` };
  }
  const lines = text.split('\n');
  const picked = line === undefined ? lines.filter((one) => one.trim() !== '') : [lines[line - 1] ?? ''];
  const chosen = auditid === undefined ? picked : picked.filter((one) => auditIdOf(one) === auditid);
  if (chosen.join('') !== '') return { lines: chosen };
  if (auditid !== undefined) return { problem: `${file} has no such event: ${auditid}` };
  return { problem: line === undefined ? `${file} holds no event` : `${file} has no such line ${line}` };
}

function auditIdOf(line: string): unknown {
  return (parsed(line) as { auditID?: unknown } | null | undefined)?.auditID;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
