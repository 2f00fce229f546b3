// What a document that is no sequence of items may be instead, as notes.

import { keyText, type YamlNode } from './yaml-tree.ts';

const ITEM_KEYS: readonly string[] = ['rule', 'macro', 'list', 'required_engine_version', 'required_plugin_versions'];
const CONFIGURATION_KEYS: readonly string[] = [
  'rules_files',
  'rules_file',
  'json_output',
  'load_plugins',
  'plugins',
  'stdout_output',
];

/** Notes on a document that is a map or a single value; `text` is of the whole file. */
export function documentHints(document: YamlNode, text: string): readonly string[] {
  const hint =
    document.kind === 'map' ? mapHint(new Set(document.entries.map(({ key }) => keyText(key)))) : textHint(text);
  return [hint ?? "help: a rule file is a sequence of items: '- rule: NAME', '- macro: NAME', '- list: NAME'"];
}

function mapHint(keys: ReadonlySet<string | undefined>): string | undefined {
  const has = (key: string): boolean => keys.has(key);
  if (ITEM_KEYS.some(has)) return "help: start each item with '- '";
  if (has('auditID') || has('stageTimestamp')) return 'help: these are audit events, which are given as input';
  if (has('apiVersion') && has('kind')) return 'help: this is a Kubernetes manifest: give the rule file that is in it';
  if (CONFIGURATION_KEYS.some(has)) return "help: this is Falco's configuration: give it to 'falconet serve -c'";
  if (has('detection') || has('logsource')) return 'help: this is a Sigma rule, which has to be rewritten by hand';
  if (has('customRules') || has('rules'))
    return 'help: the items have to stand at the top of the file, not under a key';
  return undefined;
}

/** Whether a text that was read as single bytes, or as UTF-8, begins as UTF-16 of mostly Latin letters does. */
export function isUtf16(head: string): boolean {
  return /^.{0,2}(?:[^\0]\0|\0[^\0]){4}/s.test(head);
}

function textHint(text: string): string | undefined {
  const head = text.slice(0, 1000);
  if (isUtf16(head)) return 'help: the file is UTF-16: save it as UTF-8';
  if (/^\s*<(?:!doctype|html)/i.test(head)) return 'help: this is a web page: was the download refused?';
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(head) ? 'help: this is not a text file' : undefined;
}
