/** Ids that are distinct and that careless lock keys make one. */

function longId(length: number): string {
  return `${'x'.repeat(length)}y`;
}

/** Each group holds ids of which no two may block each other. */
export const SIMILAR_IDS: Readonly<Record<string, readonly string[]>> = {
  case: ['Stream-1', 'stream-1', 'STREAM-1', 'sTREAM-1'],
  'case beyond ASCII': ['straße', 'STRASSE', 'strasse', 'İstanbul', 'i̇stanbul', 'istanbul', 'ıstanbul'],
  accents: ['resume', 'résumé', 'resumé'],
  width: ['stream-1', 'ｓｔｒｅａｍ-1', 'stream-１', 'stream－1'],
  normalization: ['caf\u00e9', 'cafe\u0301', '\u212b', '\u00c5', 'A\u030a', '\ufb01n', 'fin'],
  spaces: ['s', 's ', ' s', 's  ', 's\t', 's\n', 's\u00a0', 's\u200b', '\ufeffs'],
  separators: ['a-b', 'a_b', 'a.b', 'a/b', 'a:b', 'a b', 'a%b', 'ab', 'a|b', 'a\\b', 'a"b', "a'b"],
  numbers: ['1', '01', '1.0', '1e0', '+1', '-1', '0x1', '4294967297', '18446744073709551617'],
  astral: ['😀', '😁', '𝒳', '𝒴', '\u{10000}', '\u{10001}'],
  // From here on an id differs from each shorter one at its end only.
  'long ids': [31, 32, 63, 64, 127, 128].map(longId),
  'longer ids': [254, 255, 256, 511, 512, 1000, 1001].map(longId),
};

/** Pairs with one value of a 32-bit hash. They are taken as they are: with a prefix they would not collide. */
export const COLLIDING_IDS: Readonly<Record<string, readonly [string, string]>> = {
  hashtext: ['stream_73767', 'stream_125983'],
  'FNV-1a': ['stream_244zvfx5ncs', 'stream_fdy40cxgrz8'],
  'FNV-1': ['stream_3242z9xk44c', 'stream_76kxkjxi3u0'],
  djb2: ['stream_e9rzxxalg', 'stream_e7hoehxf0uk'],
  'djb2 with xor': ['stream_4s5x5ox5ues', 'stream_km1dw6xhrmc'],
  'times 31': ['stream_7zp0xxb1h0', 'stream_9sackgx70ml'],
  sdbm: ['stream_f0jkbbxu64', 'stream_r7vhyxxildc'],
  'CRC-32': ['stream_4hyylqxi7az', 'stream_9ys2i7xbjqu'],
  Murmur3: ['stream_84300', 'stream_92766'],
  'first bytes of SHA-256': ['stream_27011', 'stream_73839'],
  'first bytes of SHA-1': ['stream_9287', 'stream_63901'],
  'first bytes of MD5': ['stream_90233', 'stream_212327'],
};
