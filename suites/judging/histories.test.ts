/** Histories with values at the edges of what numbers and texts can be are judged by their exact values, or refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkHistory } from '../checker/checkHistory.ts';
import type { CheckResult } from '../checker/result.ts';
import { loadHistory } from './histories.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-histories-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function check(content: string | Buffer): Promise<CheckResult> {
  writeFileSync(join(dir, 'x.jsonl'), content);
  const history = await loadHistory({ cwd: dir, name: 'x.jsonl' });
  return checkHistory(history, {
    timeoutMs: 60_000,
    explainMs: 1000,
    memoryBytes: 2 ** 28,
    clock: () => performance.now(),
  });
}

function lines(model: string, ...operations: readonly string[]): string {
  return [`{"format":"lockstep-history","version":1,"model":"${model}"}`, ...operations, ''].join('\n');
}

/** Operations one after the other; `args` and `result` are JSON. */
function operation(at: number, f: string, args: string, result?: string): string {
  const answer = result === undefined ? '' : `,"result":${result}`;
  return `{"client":${at},"key":"k","f":"${f}","args":${args},"call":${2 * at},"return":${2 * at + 1},"outcome":"ok"${answer}}`;
}

const written = (value: string, read: string): string =>
  lines(
    'register',
    operation(0, 'write', `{"value":${value}}`),
    operation(1, 'read', '{}', `{"value":${read}}`),
  );
const compared = (value: string, from: string): string =>
  lines(
    'register',
    operation(0, 'write', '{"value":7}'),
    operation(1, 'write', `{"value":${value}}`),
    operation(2, 'cas', `{"from":${from},"to":5}`, '{"ok":true}'),
  );
const put = (value: string, got: string): string =>
  lines('kv', operation(0, 'put', `{"value":${value}}`), operation(1, 'get', '{}', `{"value":${got}}`));

describe('exact values', () => {
  it.each([
    ['neighbours of 2^53', written('9007199254740993', '9007199254740992'), 'illegal'],
    ['one integer beyond 2^53', written('9007199254740993', '9007199254740993'), 'ok'],
    ['negative neighbours', written('-9007199254740993', '-9007199254740992'), 'illegal'],
    ['neighbours that are compared', compared('1764378000000000002', '1764378000000000001'), 'illegal'],
    ['an integer that is compared', compared('1764378000000000002', '1764378000000000002'), 'ok'],
    ['what overflows', written('1e999', '2e999'), 'illegal'],
    ['what overflows, and comes back', written('1e999', '10E998'), 'ok'],
    ['what underflows', written('1e-999', '0'), 'illegal'],
    ['fractions of too many digits', written('0.1', '0.1000000000000000055'), 'illegal'],
    ['an integer with an exponent', written('1e2', '100'), 'ok'],
    ['an integer with a point', written('100.0', '100'), 'ok'],
    ['zero and minus zero', compared('-0', '0'), 'ok'],
    ['minus zero by its value', written('0', '-0.0'), 'ok'],
    ['numbers of a thousand digits', written('1'.repeat(1000), `${'1'.repeat(999)}2`), 'illegal'],
    ['halves of surrogate pairs', put('"\\ud800"', '"\\ud801"'), 'illegal'],
    ['one half of a surrogate pair', put('"\\ud800"', '"\\uD800"'), 'ok'],
    ['two ways to write a text', put('"é\\/"', '"\\u00e9/"'), 'ok'],
    ['texts that only look alike', put('"é"', '"e\\u0301"'), 'illegal'],
    ['a text of all kinds of characters', put('"\\u0000\\u2028😀"', '"\\u0000\\u2028\\ud83d\\ude00"'), 'ok'],
  ])('%s: %#', async (_, content, verdict) => {
    expect((await check(content)).verdict).toBe(verdict);
  });

  it.each([
    ['a field twice', written('1', '2},"result":{"value":1'), "x.jsonl:3: .*Duplicate key 'result'"],
    ['a value twice', written('1', '2,"value":1'), "x.jsonl:3: .*Duplicate key 'value'"],
    ['no number', written('NaN', '1'), 'x.jsonl:2: Expected JSON, got .*NaN'],
    ['infinity', written('-Infinity', '1'), 'x.jsonl:2: Expected JSON'],
    ['a number with a zero in front', written('01', '1'), 'x.jsonl:2: Expected JSON'],
    ['a number as text', written('"1"', '1'), 'x.jsonl:2: Expected "args.value" to be a number, got "1"'],
    ['arrays without an end', lines('register', '['.repeat(200_000)), 'x.jsonl:2: .*too deep or too long'],
    [
      'a client with too many digits',
      lines('register', operation(0, 'read', '{}', '{"value":null}').replace('0', '9007199254740993')),
      'Expected "client" to be an integer of at most 9007199254740991, got 9007199254740993',
    ],
  ])('%s is refused', async (_, content, message) => {
    await expect(check(content)).rejects.toThrow(new RegExp(message));
  });

  it('refuses bytes that are no UTF-8, which would all be one character', async () => {
    const content = Buffer.from(put('"?"', '"!"'));
    content[content.indexOf('?')] = 0xfe;
    content[content.indexOf('!')] = 0xff;
    await expect(check(content)).rejects.toThrow('x.jsonl:2: Expected text in UTF-8');
  });

  it('refuses a revision that a number does not hold', async () => {
    const header =
      '{"format":"lockstep-history","version":1,"model":"stream-balance","initial":{"status":"active","revision":9007199254740993,"totalAmount":"9","releasedAmount":"0","withdrawnAmount":"0"}}\n';
    await expect(check(header)).rejects.toThrow(
      'a whole number of at most 9007199254740991, got 9007199254740993',
    );
  });
});

describe('times', () => {
  const at = (call: string, end: string, rest: string): string =>
    `{"client":0,"key":"k",${rest},"call":${call},"return":${end},"outcome":"ok"}`;
  const write = (value: number): string => `"f":"write","args":{"value":${value}}`;
  const read = '"f":"read","args":{},"result":{"value":1}';
  const since1970 = (first: string, second: string): string =>
    lines(
      'register',
      at(`1764378000000000${first}`, '1764378000000000010', write(1)),
      at(`1764378000000000${second}`, '1764378000000000030', write(2)),
      at('1764378000000000040', '1764378000000000050', read),
    );

  it('of nanoseconds since 1970 are read exactly, and counted from the first call', async () => {
    const stale = await check(since1970('001', '011'));
    expect(stale).toMatchObject({ verdict: 'illegal', timesFrom: '1764378000000000001' });
    expect(stale.keys[0]?.operations.map(({ call, return: end }) => [call, end])).toEqual([
      [0, 9],
      [10, 29],
      [39, 49],
    ]);
    // Concurrent by one nanosecond, so the write that was read may have been the last.
    expect(await check(since1970('001', '010'))).toMatchObject({ verdict: 'ok' });
  });

  it('that grow beyond 2^53 are read exactly too', async () => {
    const content = lines(
      'register',
      at('9007199254740990', '9007199254740992', write(1)),
      at('9007199254740993', '9007199254740994', write(2)),
      at('9007199254740995', '9007199254740996', read),
    );
    expect(await check(content)).toMatchObject({ verdict: 'illegal' });
  });

  it('with an exponent or zeros behind the point are integers, others are refused', async () => {
    expect(await check(lines('register', at('1e3', '2000.0', write(1))))).toMatchObject({ verdict: 'ok' });
    await expect(check(lines('register', at('0.5', '2', write(1))))).rejects.toThrow(
      'Expected "call" to be an integer, got 0.5',
    );
    await expect(
      check(lines('register', at('1764378000000000002', '1764378000000000001', write(1)))),
    ).rejects.toThrow(
      'Expected "return" not to be before "call", which is 1764378000000000002, got 1764378000000000001',
    );
  });

  it('that are too far apart to be exact are refused', async () => {
    const content = lines(
      'register',
      at('5', '6', write(1)),
      at('1764378000000000001', '1764378000000000002', read),
    );
    await expect(check(content)).rejects.toThrow(
      'x.jsonl:3: Expected "call" within 9007199254740991 of 0, got 1764378000000000001',
    );
  });

  it('of a return that nobody saw may be the largest number there is', async () => {
    const lost = at('3', '9223372036854775807', write(2)).replace('"ok"', '"unknown"');
    expect(await check(lines('register', at('1', '2', write(1)), lost))).toMatchObject({ verdict: 'ok' });
  });
});

describe('files as other programs write them', () => {
  const content = written('1', '1');

  it.each([
    ['with a mark of the byte order', `\uFEFF${content}`],
    ['with lines that end as on Windows', content.replaceAll('\n', '\r\n')],
    ['with blank lines', `${content.replaceAll('\n', '\n \n')}\n\r\n`],
    ['without an end of the last line', content.trimEnd()],
  ])('%s', async (_, text) => {
    expect(await check(text)).toMatchObject({ verdict: 'ok', operations: 2 });
  });

  it('names the line of a file with blank ones', async () => {
    await expect(check(content.replace('\n', '\n\n').replace('"write"', '"pop"'))).rejects.toThrow(
      'x.jsonl:3:',
    );
  });
});

describe('a history of which nothing was answered', () => {
  const failed = operation(0, 'write', '{"value":1}').replace('"ok"', '"fail"');
  const lost = operation(1, 'write', '{"value":1}').replace('"ok"', '"unknown"');

  it.each([
    ['no operation', []],
    ['failures alone', [failed]],
    ['unknown outcomes alone', [failed, lost]],
  ])('%s: unknown', async (_, operations) => {
    const result = await check(lines('register', ...operations));
    expect(result).toMatchObject({ verdict: 'unknown', reason: 'unanswered' });
  });
});

describe('writes of unknown outcome', () => {
  const lost = (at: number, value: number): string =>
    operation(at, 'write', `{"value":${value}}`).replace('"ok"', '"unknown"');
  const read = (at: number, value: number): string => operation(at, 'read', '{}', `{"value":${value}}`);
  const writes = [operation(0, 'write', '{"value":4}'), lost(1, 4), lost(2, 0), lost(3, 0)];

  it('take effect at any later time, and each once at most', async () => {
    const explained = [...writes, read(4, 0), read(5, 4), read(6, 0)];
    expect(await check(lines('register', ...explained))).toMatchObject({ verdict: 'ok' });
    expect(await check(lines('register', ...explained, read(7, 4)))).toMatchObject({ verdict: 'illegal' });
  });

  it('explain no comparison that was refused although it must have held', async () => {
    const refused = operation(1, 'cas', '{"from":1,"to":2}', '{"ok":false}');
    const content = lines('register', operation(0, 'write', '{"value":1}'), refused, read(2, 1));
    expect(await check(content)).toMatchObject({ verdict: 'illegal' });
  });
});

describe('the history of a load', () => {
  const header =
    '{"format":"lockstep-history","version":1,"model":"stream-balance","initial":{"status":"active","revision":0,"totalAmount":"9","releasedAmount":"0","withdrawnAmount":"0"}}';
  const found = operation(0, 'get', '{}', '{"status":200,"revision":0}');

  it('may hold requests for other things than streams', async () => {
    const others = ['scan', 'export', 'work', 'download'].map((f, at) =>
      operation(at + 1, f, '{}', '{"status":404,"code":"NOT_FOUND"}'),
    );
    expect(await check([header, found, ...others, ''].join('\n'))).toMatchObject({
      verdict: 'ok',
      operations: 1,
      ignored: 4,
    });
  });

  it('has streams from its beginning', async () => {
    const missing = operation(1, 'get', '{}', '{"status":404}');
    expect(await check([header, found, missing, ''].join('\n'))).toMatchObject({ verdict: 'illegal' });
  });
});
