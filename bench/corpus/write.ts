// `npx tsx bench/corpus/write.ts LEVEL COUNT [SEED]`: a generated log on standard output. LEVEL is Metadata, Request or
// RequestResponse.

import { generateLog, type Level } from './events.ts';

/** Events per piece: what is built in memory at once. */
const PIECE = 10_000;

const [level = 'Metadata', count = '1000', seed = '1'] = process.argv.slice(2);
if (!['Metadata', 'Request', 'RequestResponse'].includes(level) || !(Number(count) > 0)) {
  process.stderr.write('usage: write.ts Metadata|Request|RequestResponse COUNT [SEED]\n');
  process.exit(2);
}
for (let done = 0; done < Number(count); done += PIECE) {
  const piece = generateLog(level as Level, Math.min(PIECE, Number(count) - done), Number(seed) + done);
  if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
