/** Texts that storages may cut, fold, replace or refuse. */
import fc from 'fast-check';

export interface Sample {
  readonly text: string;
  /** What is special about the text, for messages. */
  readonly what: string;
}

const LONG = 64 * 1024;

const SAMPLES: readonly Sample[] = [
  { what: 'an empty text', text: '' },
  { what: 'a text of spaces', text: '  ' },
  { what: 'a text with spaces around it', text: ' a ' },
  { what: 'a text with line breaks', text: 'a\r\nb\n\tc' },
  { what: '300 letters', text: 'x'.repeat(300) },
  { what: 'quotes and backslashes', text: `'"\`\\ \\u0000 ''` },
  { what: 'capital letters', text: 'AbC \u00c4' },
  { what: 'a text in NFC', text: 'caf\u00e9' },
  { what: 'a text in NFD', text: 'cafe\u0301' },
  { what: 'a text with wide letters', text: '\uff21\ufb01' },
  { what: 'astral characters', text: '\u{1F600}\u{10FFFD}' },
  { what: 'joined emoji', text: '\u{1F469}\u200D\u{1F680}' },
  { what: 'a byte order mark', text: '\uFEFFa' },
  { what: 'a replacement character', text: 'a\uFFFDb' },
  { what: 'characters of the private use area', text: '\uE000\uF8FF' },
  { what: 'control characters', text: 'a\u0001\u001f\u007f\u0085b' },
  { what: 'line and paragraph separators', text: 'a\u2028b\u2029' },
  { what: 'text from right to left', text: '\u202Eabc\u05D0' },
  { what: 'a word that means nothing elsewhere', text: 'null' },
  { what: 'JSON', text: '{"a":1e2,"a":-0}' },
  { what: 'a number with zeros', text: '007.10' },
  { what: 'a whole number', text: '42' },
  { what: 'a number as some write big ones', text: '9007199254740993n' },
  { what: 'a word for a value', text: 'true' },
  { what: 'a time', text: '2026-01-31T08:15:00.123456Z' },
  { what: 'SQL', text: "'); drop table streams; --" },
  { what: 'a percent sign and an underscore', text: '%_' },
  { what: 'a name that sets a prototype', text: '__proto__' },
  { what: 'a path of operators', text: '$set.a.0' },
  { what: 'a path', text: '/a/../b//c.csv' },
  { what: 'a URL that could be written otherwise', text: 'HTTPS://User@Files.Invalid:443/a%7eb/../c?x=+#' },
  { what: 'HTML', text: '<b>&amp; "x"</b>' },
  { what: 'a template', text: '${a} {{b}} %s $1' },
  { what: 'a NUL', text: 'a\0b' },
  { what: 'a NUL at the end', text: 'a\0' },
  { what: 'a lone high surrogate', text: 'a\uD83Db' },
  { what: 'a lone low surrogate', text: '\uDE00' },
  { what: 'surrogates in the wrong order', text: '\uDE00\uD83D' },
];

const LARGE: readonly Sample[] = [
  { what: '64 KiB of letters', text: 'x'.repeat(LONG) },
  { what: '64 KiB of astral characters', text: '\u{1F600}'.repeat(LONG / 4) },
];

export const ALL_SAMPLES: readonly Sample[] = [...SAMPLES, ...LARGE];

export const sample: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...SAMPLES) },
  { weight: 1, arbitrary: fc.constantFrom(...LARGE) },
);
