// Horizontal bars as an SVG document: a title, groups of bars with a label before and a text behind each. Plain elements and
// attributes, no style sheet, no script: what every viewer shows.

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** behind the bar */
  readonly text: string;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 960;
const LABEL_WIDTH = 330;
const TEXT_WIDTH = 170;
const LINE = 20;
const COLORS: readonly string[] = ['#3b6ea8', '#b8c4d0'];

/** The first bar of a group, or with `highlight` those of that label, is in the strong colour. */
export function barChart(title: string, groups: readonly BarGroup[], highlight?: (label: string) => boolean): string {
  const parts: string[] = [textElement(16, 28, 18, title, 'bold')];
  let y = 56;
  for (const group of groups) {
    parts.push(textElement(16, y, 14, group.title, 'bold'));
    y += 10;
    const longest = Math.max(...group.bars.map((bar) => bar.value), Number.MIN_VALUE);
    group.bars.forEach((bar, i) => {
      const width = (Math.max(0, bar.value) / longest) * (WIDTH - LABEL_WIDTH - TEXT_WIDTH - 32);
      const isStrong = highlight === undefined ? i === 0 : highlight(bar.label);
      parts.push(
        textElement(16, y + 14, 12, cut(bar.label)),
        `<rect x="${LABEL_WIDTH}" y="${y + 2}" width="${Math.max(1, width).toFixed(1)}" height="${LINE - 5}" fill="${COLORS[isStrong ? 0 : 1]}"/>`,
        textElement(LABEL_WIDTH + Math.max(1, width) + 8, y + 14, 12, bar.text),
      );
      y += LINE;
    });
    y += 28;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" font-family="sans-serif">\n` +
    `<rect width="100%" height="100%" fill="#ffffff"/>\n${parts.join('\n')}\n</svg>\n`
  );
}

function textElement(x: number, y: number, size: number, text: string, weight = 'normal'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" font-weight="${weight}" fill="#202830">${escaped(text)}</text>`;
}

function cut(label: string): string {
  return label.length <= 48 ? label : `${label.slice(0, 47)}…`;
}

/** XML has no way to write control characters. */
function escaped(text: string): string {
  return text
    .replace(/[\x00-\x1f\x7f]/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
