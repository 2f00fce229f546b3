// Payloads of every shape, and what becomes of them: the auditIDs of the events that are evaluated, in order, then the
// reasons of those that are not, each with a `!`. An event whose time is another than TIME is `id@nanoseconds`. Written by
// hand from what the original does; the second expectation is that of `fixed`, where it differs.

export const TIME = '1714979289000000000';
export const STAMP = '"stageTimestamp":"2024-05-06T07:08:09Z"';

export interface Payload {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly falco: string;
  readonly fixed: string;
  /** the value that `JSON.parse` makes of it has the same verdicts */
  readonly isObjectToo: boolean;
}

type Part = string | readonly number[];

function bytesOf(parts: readonly Part[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
}

function payload(what: string, text: string | readonly Part[], falco: string, fixed: string = falco): Payload {
  return { what, bytes: bytesOf(typeof text === 'string' ? [text] : text), falco, fixed, isObjectToo: true };
}

/** Not the same as an object: `JSON.parse` drops or changes what it is about. */
function textOnly(...row: Parameters<typeof payload>): Payload {
  return { ...payload(...row), isObjectToo: false };
}

export function event(id: string, more = ''): string {
  return `{"kind":"Event","auditID":"${id}",${STAMP}${more}}`;
}

export function item(id: string, more = ''): string {
  return `{"auditID":"${id}",${STAMP}${more}}`;
}

export function list(...items: readonly string[]): string {
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(',')}]}`;
}

/** An event with something behind `"x":`, in bytes. */
function withBytes(...parts: readonly Part[]): readonly Part[] {
  return [event('a').slice(0, -1), ',"x":', ...parts, '}'];
}

function stamped(time: string): string {
  return event('a').replace('2024-05-06T07:08:09Z', time);
}

function nested(levels: number): string {
  return '['.repeat(levels) + event('a') + ']'.repeat(levels);
}

const JSON_ERROR = '!invalid_json';
const UNKNOWN = '!not_audit_event';
const BAD_TIME = '!bad_timestamp';
const NO_TIME = '!missing_timestamp';

const SHAPES: readonly Payload[] = [
  payload('an Event', event('a'), 'a'),
  payload('blanks around it', ` \t\r ${event('a')} \t`, 'a'),
  payload('an EventList', list(item('a'), item('b')), 'a b'),
  payload('its kind last', `{"items":[${item('a')}],"kind":"EventList"}`, 'a'),
  payload('its kind with an escape', `{"items":[${item('a')}],"kind":"Event\\u004cist"}`, 'a'),
  payload('the key items with an escape', `{"it\\u0065ms":[${item('a')}],"kind":"EventList"}`, 'a'),
  payload('the kind of an Event with an escape', event('a').replace('"Event"', '"\\u0045vent"'), 'a'),
  payload('the key kind with an escape', event('a').replace('"kind"', '"k\\u0069nd"'), 'a'),
  payload('items of any kind', list(item('a', ',"kind":"Pod"'), item('b', ',"kind":5')), 'a b'),
  payload('an item that is an EventList', list(item('a', ',"kind":"EventList","items":[]')), 'a'),
  payload('an item that is an array', list(`[${event('a')}]`, item('b')), `b ${NO_TIME}`),
  payload('items that are scalars', list('null', '5', '"x"', item('b')), `b ${NO_TIME} ${NO_TIME} ${NO_TIME}`),
  payload('no items', list(), UNKNOWN),
  payload('items null', '{"kind":"EventList","items":null}', UNKNOWN),
  payload('items an object', '{"kind":"EventList","items":{}}', UNKNOWN),
  payload('items a text', '{"kind":"EventList","items":"[]"}', UNKNOWN),
  payload('items absent', '{"kind":"EventList"}', UNKNOWN),
  payload('an empty EventList with a time', `{"kind":"EventList",${STAMP},"items":[]}`, UNKNOWN),
  payload('an Event with items', event('a', `,"items":[${item('b')}]`), 'a'),
  payload('an array', `[${event('a')},${event('b')}]`, 'a b'),
  payload('an empty array', '[]', ''),
  payload('arrays of arrays', `[[${event('a')}],[],[[${event('b')}]]]`, 'a b'),
  payload('an EventList in an array', `[${event('a')},${list(item('b'))}]`, 'a b'),
  payload('an empty EventList in an array', `[${event('a')},${list()},${event('b')}]`, UNKNOWN, `a b ${UNKNOWN}`),
  payload('a pod in an array', `[${event('a')},{"kind":"Pod"},${event('b')}]`, UNKNOWN, `a b ${UNKNOWN}`),
  payload('scalars in an array', `[${event('a')},5,null]`, UNKNOWN, `a ${UNKNOWN} ${UNKNOWN}`),
  payload('a scalar in an inner array', `[[${event('b')},7],${event('c')}]`, UNKNOWN, `b c ${UNKNOWN}`),
  payload('no time in an array', `[${event('a')},{"kind":"Event"},${event('b')}]`, `a b ${NO_TIME}`),
  payload('no time in a list in an array', `[${event('a')},${list('{}', item('c'))}]`, `a c ${NO_TIME}`),
  payload('array elements without a kind', `[${item('a')}]`, UNKNOWN),
  payload('a lower-case kind', '{"kind":"event"}', UNKNOWN),
  payload('a kind with a blank', event('a').replace('"Event"', '"Event "'), UNKNOWN),
  payload('kind null', '{"kind":null}', UNKNOWN),
  payload('kind an array', '{"kind":["Event"]}', UNKNOWN),
  payload('no kind', item('a'), UNKNOWN),
  payload('an empty object', '{}', UNKNOWN),
  ...['5', '"Event"', 'null', 'true'].map((text) => payload(`the scalar ${text}`, text, UNKNOWN)),
  payload('v1beta1', event('a', ',"apiVersion":"audit.k8s.io/v1beta1"'), 'a'),
  payload('v1alpha1', event('a', ',"apiVersion":"audit.k8s.io/v1alpha1","timestamp":"x","metadata":{"name":"x"}'), 'a'),
  payload('an Event of the core group', event('a', ',"apiVersion":"v1"'), 'a'),
  payload('an apiVersion that is none', event('a', ',"apiVersion":5'), 'a'),
  payload('no auditID', `{"kind":"Event",${STAMP}}`, '<NA>'),
  payload('an auditID that is a number', `{"kind":"Event","auditID":5,${STAMP}}`, '5'),
];

const DUPLICATES: readonly Payload[] = [
  textOnly('kind, a pod first', event('a').replace('"kind":"Event"', '"kind":"Pod","kind":"Event"'), UNKNOWN, 'a'),
  textOnly('kind, a pod last', event('a', ',"kind":"Pod"'), 'a', UNKNOWN),
  textOnly('stageTimestamp', event('a', ',"stageTimestamp":"x"'), 'a', BAD_TIME),
  textOnly('auditID', event('a', ',"auditID":"b"'), 'a', 'b'),
  textOnly('items', `{"kind":"EventList","items":[${item('a')}],"items":[${item('b')},${item('c')}]}`, 'a', 'b c'),
  textOnly('items, none first', `{"kind":"EventList","items":[],"items":[${item('b')}]}`, UNKNOWN, 'b'),
  textOnly('items, null last', `{"kind":"EventList","items":[${item('b')}],"items":null}`, 'b', UNKNOWN),
  textOnly('an empty key', event('a', ',"":1,"":2'), 'a'),
];

const JSON_TEXT: readonly Payload[] = [
  payload('nothing', '', JSON_ERROR),
  payload('blanks', '   ', JSON_ERROR),
  payload('two documents', event('a') + event('b'), JSON_ERROR),
  payload('a comma behind', `${event('a')},`, JSON_ERROR),
  payload('a comment', `${event('a')} // x`, JSON_ERROR),
  payload('an array that ends early', `[${event('a')},${event('b')}`, JSON_ERROR),
  payload('an array that breaks off after good events', `[${event('a')},${event('b')},}`, JSON_ERROR),
  payload('a comma before ]', `[${event('a')},]`, JSON_ERROR),
  payload('no comma in an array', `[${event('a')} ${event('b')}]`, JSON_ERROR),
  payload('two commas', event('a', ',,"x":1'), JSON_ERROR),
  payload('no value', event('a', ',"x":'), JSON_ERROR),
  payload('no colon', '{"kind" "Event"}', JSON_ERROR),
  payload('a key that is a number', event('a', ',5:1'), JSON_ERROR),
  payload('single quotes', "{'kind':'Event'}", JSON_ERROR),
  payload('a byte order mark', `\ufeff${event('a')}`, JSON_ERROR),
  ...['\f', '\v', '\u00a0', '\0'].map((blank) =>
    payload(`${JSON.stringify(blank)} in front`, blank + event('a'), JSON_ERROR),
  ),
  payload('NUL behind', `${event('a')}\0`, JSON_ERROR),
  payload('NUL between members', `{"kind":"Event",\0${STAMP}}`, JSON_ERROR),
  payload('NUL in a text', event('a', ',"x":"\0"'), 'a', JSON_ERROR),
  payload('NUL as an escape', event('a\\u0000b'), 'a'),
  payload('a control character in a text', event('a', ',"x":"\x01"'), 'a', JSON_ERROR),
  payload('a tab in a text', event('a', ',"x":"\t"'), 'a', JSON_ERROR),
  payload('DEL in a text', event('a', ',"x":"\x7f"'), 'a'),
  payload('an unknown escape', event('a', ',"x":"\\q"'), 'a', JSON_ERROR),
  payload('half an escape', event('a', ',"x":"\\u12"'), 'a', JSON_ERROR),
  textOnly('half a surrogate pair', event('a', ',"x":"\\ud800"'), 'a'),
  payload('a byte that is no UTF-8', withBytes('"', [0xff], '"'), 'a', '!invalid_utf8'),
  payload('an overlong form', withBytes('"', [0xc0, 0xaf], '"'), 'a', '!invalid_utf8'),
  payload('a surrogate in UTF-8', withBytes('"', [0xed, 0xa0, 0x80], '"'), 'a', '!invalid_utf8'),
  payload('UTF-8 that ends early', withBytes('"', [0xe2, 0x82], '"'), 'a', '!invalid_utf8'),
  payload('UTF-8 outside of texts', withBytes('1', [0xc3, 0xa9]), JSON_ERROR),
  payload('UTF-16', [[...Buffer.from(`\ufeff${event('a')}`, 'utf16le')]], JSON_ERROR),
  textOnly(
    'numbers beyond doubles',
    event('a', ',"x":123456789012345678901234567890,"y":1e999,"z":-0.00001E-400'),
    'a',
  ),
  textOnly('a number of 1 MB', event('a', `,"x":${'9'.repeat(1 << 20)}`), 'a'),
  ...['01.2.3', '--1', '1.', '.5', '1e', '+1', 'nan', 'INF', '-Inf', '+inf'].map((number) =>
    payload(`the number ${number}`, event('a', `,"x":${number}`), 'a', JSON_ERROR),
  ),
  ...['-', '+', '0x1', 'Infinity', 'undefined', 'True', 'nul', 'i', 'na'].map((word) =>
    payload(`the word ${word}`, event('a', `,"x":${word}`), JSON_ERROR),
  ),
  textOnly('arrays around it, 298', nested(298), 'a'),
  textOnly('arrays around it, 299', nested(299), '!too_deep', 'a'),
  textOnly('arrays around it, 999', nested(999), '!too_deep', 'a'),
  textOnly('arrays around it, 1000', nested(1000), '!too_deep'),
  textOnly('a deep body', event('a', `,"x":${'['.repeat(400)}${']'.repeat(400)}`), '!too_deep', 'a'),
  ...Array.from({ length: event('a').length - 1 }, (_, i) =>
    payload(`${i + 1} characters of an event`, event('a').slice(0, i + 1), JSON_ERROR),
  ),
];

const TIMES: readonly Payload[] = [
  ...[
    ['2024-05-06T07:08:09.5Z', '1714979289500000000'],
    ['2024-05-06T07:08:09,5Z', '1714979289500000000'],
    ['2024-05-06T07:08:09.1234567899Z', '1714979289123456789'],
    ['2024-05-06T09:08:09+02:00', TIME],
    ['2024-05-06T00:08:09-07:00', TIME],
    ['2024-05-06T07:08:09-00:00', TIME],
    ['2024-05-06T07:08:09+23:59', '1714892949000000000'],
    // as Go reads it
    ['2024-05-06T07:08:09+24:00', '1714892889000000000'],
    ['2024-02-29T00:00:00Z', '1709164800000000000'],
    ['1970-01-01T00:00:00Z', '0'],
    ['2262-04-11T23:47:16.854775807Z', '9223372036854775807'],
    ['2024-05-06\\u0054' + '07:08:09Z', TIME],
  ].map(([time, seen]) => payload(time!, stamped(time!), seen === TIME ? 'a' : `a@${seen}`)),
  payload('the zero time', stamped('0001-01-01T00:00:00Z'), 'a@now'),
  ...[
    '2024-05-06t07:08:09Z',
    '2024-05-06T07:08:09z',
    '2024-05-06T07:08:09',
    '2024-05-06 07:08:09Z',
    '2024-05-06T07:08:60Z',
    '2024-05-06T07:60:09Z',
    '2024-05-06T24:00:00Z',
    '2024-13-06T07:08:09Z',
    '2024-00-01T00:00:00Z',
    '2024-05-00T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-05-06T07:08:09.Z',
    '2024-05-06T07:08Z',
    '2024-5-6T07:08:09Z',
    '24-05-06T07:08:09Z',
    '02024-05-06T07:08:09Z',
    '+2024-05-06T07:08:09Z',
    ' 2024-05-06T07:08:09Z',
    '2024-05-06T07:08:09Zx',
    '2024-05-06T07:08:09+2:00',
    '2024-05-06T07:08:09+0200',
    'null',
    '',
  ].map((time) => payload(`'${time}'`, stamped(time), BAD_TIME)),
  ...['null', '1714979289', '{}', 'true'].map((value) =>
    payload(`${value} for a time`, stamped('').replace('""', value), BAD_TIME),
  ),
  payload('another time alone', '{"kind":"Event","requestReceivedTimestamp":"2024-05-06T07:08:09Z"}', NO_TIME),
];

/** Each is one document, or one line. */
export const PAYLOADS: Readonly<Record<string, readonly Payload[]>> = {
  shapes: SHAPES,
  duplicates: DUPLICATES,
  JSON: JSON_TEXT,
  times: TIMES,
};

/** Several lines. */
export const LINES: readonly Payload[] = [
  payload('LF', `${event('a')}\n${event('b')}\n`, 'a b'),
  payload('no LF at the end', `${event('a')}\n${event('b')}`, 'a b'),
  payload('CR LF', `${event('a')}\r\n${event('b')}\r\n`, 'a b'),
  payload('CR CR LF', `${event('a')}\r\r\n${event('b')}`, 'a b'),
  payload('CR alone', `${event('a')}\r${event('b')}`, JSON_ERROR),
  payload('empty lines', `\n\n${event('a')}\n\r\n\n${event('b')}\n\n`, 'a b'),
  payload('CR as the last line', `${event('a')}\n\r`, 'a'),
  payload('a line of CR', `\r\r\n${event('a')}`, `a ${JSON_ERROR}`),
  payload('a line of blanks', `${event('a')}\n   \n${event('b')}`, `a b ${JSON_ERROR}`),
  payload('half a line', `${event('a')}\n${event('x').slice(0, 40)}\n${event('b')}`, `a b ${JSON_ERROR}`),
  payload('half a line at the end', `${event('a')}\n${event('x').slice(0, 40)}`, `a ${JSON_ERROR}`),
  payload('a byte order mark', `\ufeff${event('a')}\n${event('b')}`, `b ${JSON_ERROR}`),
  payload('a pretty-printed event', `{\n"kind":"Event"\n}\n${event('b')}`, `b ${Array(3).fill(JSON_ERROR).join(' ')}`),
  payload('all shapes', `${list(item('a'), item('b'))}\n[${event('c')}]\n${event('d')}\n[]\n`, 'a b c d'),
  payload('the legacy format', `2017-03-21T03:57:09Z AUDIT: id="c9" method="GET"\n${event('a')}\n`, `a ${JSON_ERROR}`),
  payload('a line of NUL', `${event('a')}\n\0\0\0\n${event('b')}`, `a b ${JSON_ERROR}`),
  payload('NUL in front of a line', `\0\0${event('a')}\n${event('b')}`, `b ${JSON_ERROR}`),
  payload('a line break in a text', `${event('a', ',"x":"1\n2"')}\n${event('b')}`, `b ${JSON_ERROR} ${JSON_ERROR}`),
  payload('other line breaks in texts', `${event('a', ',"x":"\u2028\u0085"')}\n${event('b')}`, 'a b'),
  payload('a long line', `${event('a', `,"x":"${'y'.repeat(300_000)}"`)}\n${event('b')}`, 'a b'),
];

/** Under a limit of the bytes of `event('a')`. */
export const SIZES: readonly Payload[] = [
  payload('as large as the limit', event('a'), 'a'),
  payload('one byte more', event('ab'), '!too_large'),
  payload('blanks between tokens do not count', event('a').replaceAll(',', ' ,  ').replace(':', ' : '), 'a'),
  payload('blanks in texts do', event('a b'), '!too_large'),
  payload('bytes count, not characters', event('é'), '!too_large'),
  payload('escapes count as they are written', event('\\u0061'), '!too_large'),
  payload('each item by itself', list(item('a'), event('ab'), item('c')), 'a c !too_large'),
  payload('each element by itself', `[${event('ab')},${event('c')}]`, 'c !too_large'),
];
