// Explanations of hand-picked events, as people read them. UPDATE=1 rewrites the texts.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createExplainer, type Explainer } from '../../src/explain/explainer.ts';
import { renderExplanation } from '../../src/explain/render.ts';
import { changed } from '../../src/ruletest/changes.ts';
import { BASE_EVENT } from '../../src/ruletest/events.ts';
import { PICKED } from './picked.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const GOLDEN = fileURLToPath(new URL('./golden', import.meta.url));

async function explainer(extra: string): Promise<Explainer> {
  const files = readdirSync(`${ROOT}/rules`).filter((name) => name.endsWith('.yaml'));
  const pack = files.sort().map((name) => ({ name, text: readFileSync(`${ROOT}/rules/${name}`, 'utf8') }));
  const made = await createExplainer([...pack, { name: 'own.yaml', text: extra }]);
  expect(made.diagnostics.filter(({ level }) => level === 'error').map(({ text }) => text)).toEqual([]);
  return made.explainer!;
}

const OWN = `
- list: night_watch
  items: [list, watch]
- macro: reads_a_lot
  condition: (ka.verb in (night_watch))
- rule: Own
  desc: a rule with a bit of everything
  condition: >
    reads_a_lot and not (ka.user.name startswith "system:" or ka.user.groups intersects (admins, auditors))
    and toupper(ka.target.resource) = SECRETS and ka.uri.param[limit] > 100
    and ka.user.name != val(ka.impuser.name)
  output: own
  priority: NOTICE
  source: k8s_audit
  exceptions:
    - name: known_people
      fields: [ka.user.name, ka.target.namespace]
      values:
        - [carol, shop]
        - [dave, shop]
- rule: Never
  desc: a list that nobody filled
  condition: ka.user.name in (expected_users) or ka.verb in (expected_users)
  output: never
  priority: DEBUG
  source: k8s_audit
`;

it('covers 20 events or more', () => {
  expect(PICKED.length).toBeGreaterThanOrEqual(20);
});

const made = explainer(OWN);
it.each(PICKED.map((picked) => [picked.name, picked] as const))('%s', async (name, { rule, set, remove }) => {
  const result = changed(BASE_EVENT, { ...(set && { set }), ...(remove && { remove }) });
  if ('problem' in result) throw new Error(result.problem);
  const { events } = (await made).explain(result.event as object);
  const text = renderExplanation(events[0]!.rule(rule)!);
  const path = `${GOLDEN}/${name.replaceAll(' ', '-')}.txt`;
  if (process.env.UPDATE) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});
