// One rule file: text -> records, handed to the sink in file order. A bad item costs that item; with `stopAtFirstError` it
// ends the file, as it does in Falco. A YAML error costs the whole file.

import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import { type Chain, contentChain, diagnosticOf, inside } from '../diagnostics/report.ts';
import type { SourceFile } from '../source/source-file.ts';
import { documentHints } from './document-hints.ts';
import { MAX_RULE_FILE_LENGTH } from './limits.ts';
import { firstOf } from './map-reader.ts';
import { readItem } from './read-items.ts';
import type { RecordSink } from './records.ts';
import { checkSchema, type SchemaCheck } from './schema.ts';
import { readYaml, type UnreadRest, type YamlNode } from './yaml-tree.ts';

export interface ReadOptions {
  readonly stopAtFirstError: boolean;
}

export interface FileRead {
  readonly ok: boolean;
  readonly schema: SchemaCheck | undefined;
}

/** Reads file number `index`. */
export function loadRuleFile(
  file: SourceFile,
  index: number,
  sink: RecordSink,
  report: Report,
  options: ReadOptions,
): FileRead {
  const chain = contentChain(index);
  const failure = (diagnostics: readonly Diagnostic[]): FileRead => {
    diagnostics.forEach(report);
    sink.loseFile();
    return { ok: false, schema: undefined };
  };
  if (file.text.length > MAX_RULE_FILE_LENGTH) {
    const message = `the file is larger than ${MAX_RULE_FILE_LENGTH >> 20} MiB`;
    return failure([diagnosticOf('file_too_large', message, chain, { file: index, start: 0, end: 0 })]);
  }
  const yaml = readYaml(file.text, index);
  if (!yaml.ok) {
    return failure(
      yaml.problems.map(({ reason, message, span, notes = [] }) =>
        diagnosticOf(reason, message, inside(chain, 'value for', '', span), span, { notes }),
      ),
    );
  }
  const ok = readDocuments(yaml.documents, file.text, chain, sink, report, options);
  if (yaml.unread) warnUnread(yaml.unread, chain, report);
  return { ok, schema: checkSchema(yaml.documents) };
}

function warnUnread({ span, rest }: UnreadRest, chain: Chain, report: Report): void {
  const message = 'an empty document ends the file: what follows is not read';
  const labels = [{ span: rest, message: 'not read from here on' }];
  const notes = ["help: remove the '---' of the empty document"];
  report(diagnosticOf('unread_documents', message, chain, span, { labels, notes }));
}

function readDocuments(
  documents: readonly YamlNode[],
  text: string,
  chain: Chain,
  sink: RecordSink,
  report: Report,
  options: ReadOptions,
): boolean {
  let ok = true;
  for (const document of documents) {
    if (!ok && options.stopAtFirstError) return false;
    if (document.kind !== 'sequence') {
      const reason = document.kind === 'map' ? 'document_is_map' : 'document_is_scalar';
      const found = document.kind === 'map' ? 'a map' : 'a single value';
      const message = `expected a sequence of items, found ${found}`;
      const notes = documentHints(document, text);
      report(diagnosticOf(reason, message, chain, firstOf(document.span), { notes }));
      ok = false;
      continue;
    }
    for (const node of document.items) {
      if (node.kind === 'null') continue;
      if (readItem(node, text, chain, sink, report)) continue;
      ok = false;
      if (options.stopAtFirstError) return false;
    }
  }
  return ok;
}
