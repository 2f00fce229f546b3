// The image of a regex run in TypeScript, from the description of the format and by sets instead of words. Every access
// is checked by the DataView, so that an image which leads outside itself throws.

export function runAutomaton(image: Uint8Array, text: Uint8Array): boolean {
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const u32 = (at: number) => view.getUint32(at, true);
  return u32(0) === 1 ? runTable(view, u32, text) : runBitsets(view, u32, text);
}

function runTable(view: DataView, u32: (at: number) => number, text: Uint8Array): boolean {
  const [start, live, accepting] = [u32(16), u32(20), u32(24)];
  let row = start;
  for (const byte of text) {
    const next = view.getUint16(288 + row + 2 * view.getUint8(32 + byte), true);
    if (row < live && next !== row) throw new Error('a final row was left');
    row = next;
  }
  return row >= accepting || (row > 0 && row < live);
}

function runBitsets(view: DataView, u32: (at: number) => number, text: Uint8Array): boolean {
  const [classes, positions, words, hubs, targetCount] = [u32(12), u32(16), u32(20), u32(24), u32(28)];
  const hasBit = (set: number, position: number) =>
    ((view.getUint8(288 + set * words * 8 + (position >> 3)) >> (position & 7)) & 1) === 1;
  const starts = (288 + (5 + classes) * words * 8 + 4 * words + 7) & ~7;
  const targets = starts + 4 * (hubs + 1);
  const hubOf = new Map<number, number>();
  for (let position = 0; position < positions; position++) {
    if (hasBit(4, position)) hubOf.set(position, u32(targets + 4 * targetCount + 4 * hubOf.size));
  }
  let current = new Set([0]);
  for (const byte of text) {
    const next = new Set<number>();
    for (const position of current) {
      if (hasBit(1, position)) next.add(position + 1);
      if (hasBit(2, position)) next.add(position + 2);
      if (hasBit(3, position)) next.add(position);
      const hub = hubOf.get(position);
      if (hub === undefined) continue;
      for (let i = u32(starts + 4 * hub); i < u32(starts + 4 * hub + 4); i++) next.add(u32(targets + 4 * i));
    }
    const mask = 5 + view.getUint8(32 + byte);
    current = new Set([...next].filter((position) => hasBit(mask, position)));
  }
  return [...current].some((position) => hasBit(0, position));
}
