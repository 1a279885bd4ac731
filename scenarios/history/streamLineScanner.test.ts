/** What the scanner reads is what JSON.parse reads, whatever stands in the line; and it reads what a load records. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningOf } from '../load/driver/recorder.ts';
import type { StreamLine } from './lines.ts';
import { lineProblem } from './shape.ts';
import { StreamLineScanner } from './streamLineScanner.ts';

/** All of them each night. */
const RUNS = process.env['LOCKSTEP_NIGHTLY'] === undefined ? 1250 : 5000;
const MODELS = ['stream-balance', 'stream-lifecycle'] as const;

function often<Usual, Unusual>(
  usual: fc.Arbitrary<Usual>,
  unusual: fc.Arbitrary<Unusual>,
): fc.Arbitrary<Usual | Unusual> {
  return fc.oneof({ weight: 9, arbitrary: usual }, unusual);
}

/** In the order in which the recorder and the driver name the fields. */
const answers = fc
  .record({
    f: fc.constantFrom('start', 'pause', 'stop', 'settle', 'withdraw', 'get'),
    status: fc.constantFrom(200, 200, 200, 409, 422, 503),
    replayed: fc.boolean(),
    stream: fc.option(
      fc.record({
        id: fc.constantFrom('stream-1', 's'),
        status: fc.constantFrom('active', 'paused', 'ended'),
        revision: fc.nat(),
        releasedAmount: fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
        withdrawnAmount: fc.nat().map(String),
      }),
      { nil: undefined, freq: 5 },
    ),
    operationId: often(fc.constantFrom('a1b2', 'c3'), fc.constantFrom(undefined, 'operation "7"', 'é')),
    code: fc.option(fc.constantFrom('CONFLICT', 'NOT_FOUND'), { nil: undefined }),
  })
  .map(({ f, status, replayed, stream, operationId, code }) => {
    const body = { stream, operationId, error: code === undefined ? undefined : { code } };
    return { f, ...meaningOf(f, status, JSON.stringify(f === 'get' ? stream : body) ?? '', replayed) };
  });

const lines = fc
  .record({
    answer: answers,
    client: fc.nat(300),
    key: often(fc.constantFrom('stream-1', 'stream-2', 's'), fc.constantFrom('', 'naïve', 'a\\b', 'tab\t')),
    amount: fc.option(fc.constantFrom('0', '17', '99999999999999999999999999999999999999'), {
      nil: undefined,
    }),
    token: often(fc.constantFrom('settle:k1', undefined), fc.constant('withdraw:"k"')),
    fingerprint: often(fc.constantFrom('00ff', undefined), fc.constant('é')),
    call: fc.oneof({ weight: 9, arbitrary: fc.nat(10 ** 12) }, fc.maxSafeNat()),
    length: fc.nat(9),
    lost: fc.integer({ min: 0, max: 9 }),
    service: fc.option(fc.nat(4), { nil: undefined }),
    intended: often(fc.constantFrom(undefined, 7), fc.double({ noNaN: true })),
  })
  .map(({ answer, client, key, amount, token, fingerprint, call, length, lost, service, intended }) => {
    const asked = { client, key, f: answer.f, args: { amount, token, fingerprint }, call };
    const more = { service, intended };
    if (lost === 0) return { ...asked, return: null, outcome: 'unknown', ...more };
    return { ...asked, return: call + length, outcome: answer.outcome, result: answer.result, ...more };
  });

/** A few bytes of a text changed, left out or put in: mostly no JSON, now and then other JSON. */
const slips = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('replace', 'remove', 'insert', 'double', 'cut'),
    text: fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '{',
        '}',
        ',',
        ':',
        '0',
        '1',
        '-',
        '.',
        'e',
        ' ',
        '\r',
        '\u0000',
        'é',
        'null',
        'true',
      ),
      fc.constantFrom(
        ',"effect":true',
        '"status":200,',
        ',"revision":1',
        '"amount":"1",',
        ',"call":1',
        '\\u0041',
      ),
    ),
  }),
  { maxLength: 2, size: 'small' },
);

function slip(text: string, list: readonly { at: number; kind: string; text: string }[]): string {
  return list.reduce((now, { at, kind, text: more }) => {
    const place = at % (now.length + 1);
    const [before, after] = [now.slice(0, place), now.slice(place)];
    if (kind === 'replace') return before + more + after.slice(1);
    if (kind === 'remove') return before + after.slice(1);
    if (kind === 'insert') return before + more + after;
    if (kind === 'double') return before + after.slice(0, 9) + after;
    return before;
  }, text);
}

const ARGS = ['amount', 'token', 'fingerprint'];
const RESULT = [
  'status',
  'code',
  'revision',
  'streamStatus',
  'releasedAmount',
  'withdrawnAmount',
  'effect',
  'operationId',
];

/** What a checker reads of a line. */
function read({ client, key, f, args, call, return: end, outcome, result }: StreamLine): object {
  const picked = (from: object | undefined, fields: readonly string[]): object | undefined =>
    from && Object.fromEntries(fields.map((field) => [field, (from as Record<string, unknown>)[field]]));
  return {
    client,
    key,
    f,
    args: picked(args, ARGS),
    call,
    return: end,
    outcome,
    result: picked(result, RESULT),
  };
}

/** Between other lines, as in a file; undefined: left to JSON.parse. */
function scan(
  model: (typeof MODELS)[number],
  text: string,
  behind = '\n{"client":1',
): StreamLine | undefined {
  const before = Buffer.from('{"client":0,\n');
  const line = Buffer.from(text);
  const bytes = Buffer.concat([before, line, Buffer.from(behind)]);
  return new StreamLineScanner(model).scan(bytes, before.length, before.length + line.length);
}

describe('the scanner of stream lines', () => {
  it.each(MODELS)('reads %s lines as JSON.parse does, or leaves them to it', (model) => {
    let scanned = 0;
    let slipped = 0;
    let refused = 0;
    fc.assert(
      fc.property(lines, slips, (line, list) => {
        const right = JSON.stringify(line);
        const text = slip(right, list);
        const found = scan(model, text);
        if (found === undefined) {
          refused += 1;
          return;
        }
        const parsed: unknown = JSON.parse(text);
        expect(lineProblem(model, parsed)).toBeUndefined();
        expect(read(found)).toEqual(read(parsed as StreamLine));
        scanned += 1;
        slipped += text === right ? 0 : 1;
      }),
      { numRuns: RUNS },
    );
    // Each must occur often, or this says little.
    expect(scanned).toBeGreaterThan(RUNS / 20);
    expect(slipped).toBeGreaterThan(RUNS / 200);
    expect(refused).toBeGreaterThan(RUNS / 20);
  });

  const recorded = (more: object = {}): string =>
    JSON.stringify({
      client: 3,
      key: 'stream-7',
      f: 'settle',
      args: { amount: '5', token: 'settle:k', fingerprint: 'ff' },
      call: 10,
      return: 20,
      ...meaningOf(
        'settle',
        200,
        '{"stream":{"status":"active","revision":4,"releasedAmount":"5","withdrawnAmount":"0"},"operationId":"x"}',
        true,
      ),
      service: 1,
      ...more,
    });

  it('leaves nothing that a load records to JSON.parse', () => {
    expect(scan('stream-balance', recorded())).toMatchObject({
      key: 'stream-7',
      f: 'settle',
      result: { status: 200, revision: 4, effect: true, operationId: 'x' },
    });
    expect(scan('stream-balance', recorded({ intended: 9 }))).toBeDefined();
    const refusal = meaningOf(
      'settle',
      409,
      '{"error":{"code":"CONFLICT"},"stream":{"status":"ended","revision":4,"releasedAmount":"5","withdrawnAmount":"0"}}',
      false,
    );
    expect(scan('stream-balance', recorded(refusal))).toMatchObject({
      outcome: 'ok',
      result: { effect: false },
    });
    expect(
      scan('stream-balance', recorded({ outcome: 'unknown', return: null, result: undefined })),
    ).toBeDefined();
  });

  it('does not read beyond the line', () => {
    const text = recorded();
    for (let end = 0; end < text.length; end += 1)
      expect(scan('stream-balance', text.slice(0, end), text.slice(end))).toBeUndefined();
  });
});
