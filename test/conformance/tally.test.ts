// What makes a run fail.

import { expect, it } from 'vitest';
import { tally } from './tally.ts';

const gaps = {
  'set: known': 'not yet',
  'set: closed': 'not yet',
  'set: absent': 'elsewhere',
  'other: plain': 'other file',
};

it('counts failures, known gaps, marked cases and skipped ones apart', () => {
  const { passed, failed, skipped, failures } = tally(
    'set',
    [
      { id: 'good', problem: undefined },
      { id: 'plain', problem: 'wrong' },
      { id: 'known', problem: 'wrong' },
      { id: 'odd', problem: 'wrong', isMarked: true },
      { id: 'left', problem: undefined, isSkipped: true },
    ],
    gaps,
  );
  expect({ passed, failed, skipped }).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(failures).toEqual(['plain: wrong']);
});

it('fails for a gap that is none any more', () => {
  const { failed, failures } = tally('set', [{ id: 'closed', problem: undefined }], gaps);
  expect(failed).toBe(0);
  expect(failures).toEqual(['closed: passes now, remove it from known-gaps.json']);
});
