// One right-hand path of `pmatch`: its parts are the first parts of the value, those with `?`, `*` or `[` by glob.

import { globReference } from './glob.ts';

export function pathPrefixReference(pattern: Uint8Array, text: Uint8Array): boolean {
  const parts = partsOf(text);
  return partsOf(pattern).every((wanted, i) => {
    const part = parts[i];
    if (part === undefined) return false;
    return /[?*[]/.test(wanted) ? globReference(latin1(wanted), latin1(part), false) : wanted === part;
  });
}

function partsOf(path: Uint8Array): string[] {
  return Buffer.from(path)
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '');
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
