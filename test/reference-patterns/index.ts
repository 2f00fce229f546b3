// The pattern operators written a second time, slow and plain, for the reference evaluator and for differential tests.
// Shares no code with src/pattern or assembly/vm.

export { globReference } from './glob.ts';
export { pathPrefixReference } from './pmatch.ts';
export { regexReference } from './regex.ts';
