// Rule files from before Falco 0.32 load after their mechanical fixes: every construct of such files that has no meaning today,
// in files of our own, and the recorded old files when they are there. Fixes stop at what they mend: a second round finds
// nothing, and lines without a fix keep every byte.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { fixFiles } from '../../src/lint/apply-fixes.ts';
import type { SourceFile } from '../../src/source/source-file.ts';

const RECORDED = new URL('../../../shared/data/falco/old-rules/', import.meta.url).pathname;

function diagnose(files: readonly SourceFile[]): readonly Diagnostic[] {
  return checkRuleFiles(files, { lint: true }).diagnostics;
}

function errorsOf(files: readonly SourceFile[]): readonly string[] {
  const { diagnostics } = compile(files);
  return diagnostics.filter(({ level }) => level === 'error').map(({ text }) => text);
}

/** The files after their fixes, which have to leave nothing to fix. */
function fixed(files: readonly SourceFile[]): readonly SourceFile[] {
  const report = fixFiles(files, diagnose);
  const again = fixFiles(report.files, diagnose);
  expect(again.applied).toEqual([]);
  expect(again.files).toEqual(report.files);
  return report.files;
}

/** Lines of `after` that `before` does not have at that place, when no line came or went. */
function changedLines(before: string, after: string): readonly string[] {
  const old = before.split('\n');
  const now = after.split('\n');
  expect(now.length).toBe(old.length);
  return now.filter((line, i) => line !== old[i]);
}

/** One construct a rule; `after` is what the fix writes, the same text where nothing has to change. */
const CONDITIONS: readonly (readonly [what: string, before: string, after: string])[] = [
  ['an always true test', '(jevt.rawtime exists)', '(jevt.rawtime exists)'],
  ['a never true test', '(jevt.rawtime=0)', '(jevt.rawtime=0)'],
  ['a pointer', 'jevt.value[/stage] in (ResponseComplete)', 'jevt.value[/stage] in (ResponseComplete)'],
  ['an escaped pointer', 'jevt.value[/a/b~1c~0d] exists', 'jevt.value[/a/b~1c~0d] exists'],
  ['a number as a prefix', '(ka.response.code startswith 2)', '(ka.response.code startswith 2)'],
  ['a missing value', 'ka.target.subresource = <NA>', 'not ka.target.subresource exists'],
  ['a present value', 'ka.target.subresource != <NA>', 'ka.target.subresource exists'],
  ['a missing pointer', 'jevt.value[/spec/tls] != <NA>', 'jevt.value[/spec/tls] exists'],
  ['a missing value in a list', 'ka.verb in (<NA>, get)', '(not ka.verb exists or ka.verb in (get))'],
  ['a set that equals one value', 'ka.user.groups = dev', 'ka.user.groups intersects (dev)'],
  ['a set that differs', 'ka.user.groups != dev', 'not ka.user.groups in (dev)'],
  ['an element of JSON text', `ka.req.role.rules.verbs contains '"*"'`, 'ka.req.role.rules.verbs intersects ("*")'],
  ['a part of a set', 'ka.req.role.rules.verbs contains create', 'join(",", ka.req.role.rules.verbs) contains create'],
  ['a flag by path', 'ka.req.volume.hostpath[/proc*]=true', 'ka.req.volume.hostpath[/proc*]=true'],
  ['a first container', 'ka.req.container.privileged=true', 'ka.req.container.privileged=true'],
  ['a container by its number', 'ka.req.container.image[0]=a', 'ka.req.pod.containers.image[0] intersects (a)'],
  ['a group by its number', 'ka.user.groups[1] contains a', 'jevt.value[/user/groups/1] contains a'],
  ['a number of a range', 'ka.req.pod.run_as_user = 0:99', 'ka.req.pod.run_as_user regex "[0-9]|[1-9][0-9]"'],
  [
    'numbers of ranges',
    'ka.req.pod.supplemental_groups in (1:9)',
    'join(",", ka.req.pod.supplemental_groups) regex "([1-9])(,([1-9]))*"',
  ],
  [
    'a port below a bound',
    'ka.req.pod.containers.host_port < 10',
    'join(",", ka.req.pod.containers.host_port) regex "([^,]*,)*([0-9])(,[^,]*)*"',
  ],
  ['a time', 'jevt.time startswith "03:"', 'evt.time startswith "03:"'],
  ['a time with its date', 'jevt.time.iso8601 exists', 'evt.time.iso8601 exists'],
  ['an unknown list', 'ka.user.name in (some_users)', 'ka.user.name in (some_users)'],
];

const OUTPUTS: readonly (readonly [before: string, after: string])[] = [
  ['at %jevt.time by %ka.user.name)', 'at %evt.time by %ka.user.name)'],
  ['at=%jevt.time.iso8601 verb=%ka.verb', 'at=%evt.time.iso8601 verb=%ka.verb'],
  ['first=%ka.req.pod.containers.image[0].', 'first=%ka.req.pod.containers.image[0].'],
  ['mounts=%jevt.value[/requestObject/spec/volumes]', 'mounts=%jevt.value[/requestObject/spec/volumes]'],
  ['has=%ka.req.binding.subject.has_name[some-role]', 'has=%ka.req.binding.subject.has_name[some-role]'],
  ['all=%jevt.obj command=%ka.uri.param[command]', 'all=%jevt.obj command=%ka.uri.param[command]'],
];

function oldFile(conditions: readonly string[], outputs: readonly string[]): string {
  const head =
    '# since 2019\n- required_engine_version: 2\n\n- list: known_images   # ours\n  items: ["a/b" , c/d]\n\n';
  const macros = conditions.map((condition, i) => `- macro: m${i}   # ${i}\n  condition:   ${condition}   \n\n`);
  const rules = outputs.map(
    (output, i) =>
      `- rule:   Old ${i}\t\n  desc: >\n    About jevt.time = <NA>.\n  condition: >\n    m0\n    and not ka.req.container.image in (known_images)\n  output: ${output}\n  source: k8s_audit    \n  priority: INFO\n  tags: [k8s]\n\n`,
  );
  const all = `- rule: All\n  desc: d\n  condition: ${conditions.map((_, i) => `m${i}`).join(' or ')}\n  output: o\n  priority: DEBUG\n  source: k8s_audit\n`;
  return head + macros.join('') + rules.join('') + all;
}

describe('files of our own', () => {
  const before = oldFile(
    CONDITIONS.map(([, condition]) => condition),
    OUTPUTS.map(([output]) => output),
  );
  const after = oldFile(
    CONDITIONS.map(([, , condition]) => condition),
    OUTPUTS.map(([, output]) => output),
  );

  test('every construct loads after the fixes, and nothing else changes', () => {
    const files = [{ name: 'old.yaml', text: before }];
    expect(errorsOf(files)).not.toEqual([]);
    const [now] = fixed(files);
    expect(now!.text).toBe(after);
    expect(errorsOf([now!])).toEqual([]);
  });

  test.each(CONDITIONS)('%s', (_, condition, expected) => {
    const [now] = fixed([{ name: 'old.yaml', text: oldFile([condition], []) }]);
    expect(now!.text).toBe(oldFile([expected], []));
    expect(errorsOf([now!])).toEqual([]);
  });

  test.each([
    ['a prefix of a set', 'ka.user.groups startswith "sys:"'],
    ['paths of a list', 'ka.req.pod.volumes.hostpath pmatch (/etc)'],
  ])('%s means nothing that can be written today: it stays an error', (_, condition) => {
    const files = [{ name: 'old.yaml', text: oldFile([condition], []) }];
    expect(fixed(files)).toEqual(files);
    expect(errorsOf(files)).toEqual([expect.stringContaining("help: 'intersects (a, b)' is true where")]);
  });

  test.each(['\r\n', '\n'])('byte order mark, line ends %j, no last line end', (lineEnd) => {
    const written = (text: string) => `\uFEFF${text.trimEnd().replaceAll('\n', lineEnd)}`;
    const [now] = fixed([{ name: 'old.yaml', text: written(before) }]);
    expect(now!.text).toBe(written(after));
  });

  test('a local file that appends and overrides is left alone; what it depends on is mended', () => {
    const local =
      '- list: known_images\n  items: [nginx]\n  append: true\n\n- macro: m0\n  condition: (not jevt.rawtime exists)\n';
    const files = fixed([
      { name: 'old.yaml', text: before },
      { name: 'local.yaml', text: local },
    ]);
    expect(files.map(({ text }) => text)).toEqual([after, local]);
    expect(errorsOf(files)).toEqual([]);
  });

  test('a rule without its source, which was not needed then', () => {
    const text = before.replaceAll('  source: k8s_audit    \n', '');
    const [now] = fixed([{ name: 'old.yaml', text }]);
    expect(errorsOf([now!])).toEqual([]);
    expect(now!.text.match(/^- rule: {3}Old \d\t\n {2}source: k8s_audit$/gm)).toHaveLength(OUTPUTS.length);
  });
});

/** Lists that a local file adds to, and that stood in another file of Falco. */
function withLists(file: SourceFile): SourceFile {
  const missing = [...file.text.matchAll(/^- list: (falco_\w+)$/gm)].map(
    ([, name]) => `- list: ${name}\n  items: []\n`,
  );
  return { name: `lists of ${file.name}`, text: missing.join('') };
}

describe.skipIf(!existsSync(RECORDED))('recorded old files', () => {
  const files = existsSync(RECORDED)
    ? readdirSync(RECORDED).map((name) => ({ name, text: readFileSync(join(RECORDED, name), 'utf8') }))
    : [];
  const base = files.find(({ name }) => name.includes('0.13.0'));

  test.each(files.map((file) => [file.name, file] as const))('%s', (_, file) => {
    const isWhole = file.text.includes('- rule:');
    const given = isWhole ? [file] : [base!, withLists(file), file];
    const now = fixed(given);
    expect(errorsOf(now)).toEqual([]);
    given.forEach(({ text }, i) => {
      for (const line of changedLines(text, now[i]!.text)) expect(line).toMatch(/ka\.|jevt\.|evt\./);
    });
  });
});
