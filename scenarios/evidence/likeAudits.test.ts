import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { effectBody } from '../../adapters/protocol/answers.ts';
import { joinLikeAudits } from './likeAudits.ts';
import { historyLineOf, plainBodyOf } from './plainBody.ts';
import { AUDIT_LISTS, readAudits } from './readAudits.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-like-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** With one stream, so long that the audit is large. */
function writeAudit(reader: number | 'fresh', id: string): void {
  const lists = AUDIT_LISTS.map((list) => {
    const rows = list === 'streams' ? `\n${JSON.stringify({ id, text: 'x'.repeat(2 ** 20) })}` : '';
    return `"${list}":[${rows}\n]`;
  });
  writeFileSync(
    join(dir, `audit-${reader}.json`),
    `{"reader":${JSON.stringify(reader)},\n${lists.join(',\n')}\n}\n`,
  );
}

const NAMES = ['audit-1.json', 'audit-2.json', 'audit-fresh.json'];
const read = (): Promise<unknown[]> => readAudits(dir, NAMES, (text) => text);

it('keeps once what several readers saw, and reads the same of it', async () => {
  writeAudit(1, 's');
  writeAudit(2, 'other');
  writeAudit('fresh', 's');
  const before = await read();
  await joinLikeAudits(dir);
  expect(readFileSync(join(dir, 'audit-fresh.json'), 'utf8')).toBe(
    '{"reader":"fresh","like":"audit-1.json"}\n',
  );
  expect(statSync(join(dir, 'audit-2.json')).size).toBeGreaterThan(2 ** 20);
  expect(await read()).toStrictEqual(before);
});

it.each([
  ['{"reader":2,"like":"audit-fresh.json"}\n', 'to name a complete audit before this one'],
  ['{"reader":2,"like":"audit-2.json"}\n', 'to name a complete audit before this one'],
  ['{"reader":2,"like":7}\n', 'Expected nothing beside "like"'],
  ['{"reader":2,"like":"audit-1.json"}\n"streams":[\n', 'Expected nothing beside "like"'],
])('refuses %j', async (text, problem) => {
  writeAudit(1, 's');
  writeAudit('fresh', 's');
  writeFileSync(join(dir, 'audit-2.json'), text);
  await expect(read()).rejects.toMatchObject({
    code: 'EVIDENCE_MALFORMED',
    message: expect.stringContaining(problem),
  });
});

it('the body that a line of history leaves out is the one that the service sends', () => {
  const stream = {
    id: 's"',
    status: 'active',
    revision: 7,
    releasedAmount: '9',
    withdrawnAmount: '1',
  } as const;
  const result = {
    status: 200,
    revision: 7,
    streamStatus: 'active',
    releasedAmount: '9',
    withdrawnAmount: '1',
    operationId: 'o',
  };
  const entry = {
    client: 1,
    key: stream.id,
    f: 'settle',
    args: {},
    call: 1,
    return: 2,
    outcome: 'ok',
    service: 1,
    result: { ...result, body: effectBody(stream, 'o') },
  } as const;
  expect(plainBodyOf(entry)).toBe(entry.result.body);
  expect(historyLineOf(entry).result?.body).toBe(true);
  const other = { ...entry, result: { ...entry.result, body: `${entry.result.body} ` } };
  expect(historyLineOf(other)).toBe(other);
});
