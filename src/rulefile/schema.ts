// The check of a rule file against Falco's JSON schema. It is information only: nothing depends on it. Texts are compared
// as written, so `enabled: on` is a boolean to the reader and a violation here.

import { PRIORITY_NAMES } from '../isa/priorities.ts';
import { keyText, type YamlMap, type YamlNode } from './yaml-tree.ts';

/** Outcome of the check over all documents of a file; absent when no document was read. */
export interface SchemaCheck {
  readonly valid: boolean;
  /** one line per violation */
  readonly warnings: readonly string[];
}

type Rule = (node: YamlNode, path: string, warn: (text: string) => void) => void;

/** Falco lets the first document decide whether the file is valid, and lists the violations of all. */
export function checkSchema(documents: readonly YamlNode[]): SchemaCheck | undefined {
  if (documents.length === 0) return undefined;
  const warnings: string[] = [];
  const counts = documents.map((document) => {
    const before = warnings.length;
    sequenceOf(item)(document, '', (text) => warnings.push(text));
    return warnings.length - before;
  });
  return { valid: counts[0] === 0, warnings };
}

function scalar(expected: string, accepts: (text: string) => boolean): Rule {
  return (node, path, warn) => {
    if (node.kind !== 'scalar' || !accepts(node.text)) warn(`${path}: expected ${expected}`);
  };
}

function sequenceOf(element: Rule): Rule {
  return (node, path, warn) => {
    if (node.kind !== 'sequence') return warn(`${path || '/'}: expected a sequence`);
    node.items.forEach((child, i) => {
      element(child, `${path}/${i}`, warn);
    });
  };
}

function mapOf(properties: Readonly<Record<string, Rule>>, required: readonly string[] = [], atLeast = 0): Rule {
  return (node, path, warn) => {
    if (node.kind !== 'map') return warn(`${path}: expected a map`);
    if (node.entries.length < atLeast) warn(`${path}: expected at least ${atLeast} key`);
    for (const key of required) if (!hasKey(node, key)) warn(`${path}: expected the key ${key}`);
    const seen = new Set<string>();
    for (const entry of node.entries) {
      const key = keyText(entry.key) ?? '';
      const rule = Object.hasOwn(properties, key) ? properties[key] : undefined;
      if (rule === undefined) warn(`${path}: unexpected key ${key}`);
      else if (seen.has(key)) warn(`${path}: the key ${key} occurs twice`);
      else rule(entry.value, `${path}/${key}`, warn);
      seen.add(key);
    }
  };
}

function hasKey(map: YamlMap, key: string): boolean {
  return map.entries.some((entry) => keyText(entry.key) === key);
}

const text = scalar('a text', () => true);
const boolean = scalar('true or false', (value) => value === 'true' || value === 'false');
const integer = scalar('a whole number', (value) => /^\s*[+-]?\d+$/.test(value));
const anything: Rule = () => undefined;

const priorities = [...PRIORITY_NAMES.map((name) => name.toUpperCase()), 'INFO'];
const priority = scalar(`one of ${priorities.join(', ')}`, (value) => priorities.includes(value));
const operation = scalar('append or replace', (value) => value === 'append' || value === 'replace');

const override = mapOf(
  Object.fromEntries(
    [
      'items',
      'desc',
      'condition',
      'output',
      'priority',
      'enabled',
      'exceptions',
      'capture',
      'capture_duration',
      'tags',
      'warn_evttypes',
      'skip-if-unknown-filter',
    ].map((key) => [key, operation]),
  ),
  [],
  1,
);
const alternative = mapOf({ name: text, version: text }, ['name', 'version']);
const plugin = mapOf({ name: text, version: text, alternatives: sequenceOf(alternative) }, ['name', 'version']);
const exception = mapOf({ name: text, fields: anything, comps: anything, values: anything }, ['name']);

const item = mapOf({
  required_engine_version: text,
  required_plugin_versions: sequenceOf(plugin),
  macro: text,
  condition: text,
  list: text,
  items: sequenceOf(text),
  rule: text,
  desc: text,
  enabled: boolean,
  output: text,
  append: boolean,
  priority,
  capture: boolean,
  capture_duration: integer,
  source: text,
  exceptions: sequenceOf(exception),
  override,
  tags: sequenceOf(text),
  warn_evttypes: boolean,
  'skip-if-unknown-filter': boolean,
});
