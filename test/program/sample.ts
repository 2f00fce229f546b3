// Rules that use every part of a program, compiled.

import { compile } from '../../src/compile.ts';

export const SAMPLE_RULES = `
- list: watched
  items: [create, delete, "patch"]
- rule: Watched verb
  desc: an index conjunct and a body
  condition: ka.verb in (watched) and ka.target.resource = pods and ka.req.pod.containers.image intersects (nginx)
  output: "user=%ka.user.name images=%5ka.req.pod.containers.image"
  priority: WARNING
  source: k8s_audit
  tags: [a, b]
- rule: Pattern
  desc: an automaton, a negation, an alternative
  condition: (ka.uri regex "/api/.*[0-9]+" or ka.user.groups intersects (dev, ops)) and not ka.user.name exists
  output: "uri=%ka.uri n=%evt.num len=%len(ka.user.groups)"
  priority: DEBUG
  source: k8s_audit
- rule: Numbers
  desc: numbers and transformers
  condition: evt.rawtime > 1700000000123456789 and tolower(ka.verb) = get and ka.response.code in (403, 404)
  output: "%toupper(ka.verb) %evt.rawtime"
  priority: ERROR
  source: k8s_audit
  enabled: false
- rule: Always
  desc: a constant condition
  condition: jevt.rawtime exists
  output: always
  priority: INFO
  source: k8s_audit
`;

/** The program of rule texts that compile. */
export function compileText(text: string, semantics: 'falco' | 'fixed' = 'fixed'): Uint8Array {
  const { program, diagnostics } = compile([{ name: 'rules.yaml', text }], { semantics });
  if (program === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.text).join('\n'));
  return program;
}

export function sampleProgram(): Uint8Array {
  return compileText(SAMPLE_RULES);
}
