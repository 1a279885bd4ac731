/** What this alone proves: what comes over a host's channel is a message of a known shape, or none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOutput, parseMessage } from './messages.ts';

const RECORD = {
  actor: 0,
  step: 1,
  process: 1,
  instance: 0,
  attempt: 1,
  call: 5,
  return: 7,
  outcome: { status: 'ok', value: { $: 'bigint', v: '3' } },
};
const HISTORY = { records: [RECORD], order: [], stuck: [], ghosts: [], lost: [] };
const CAUGHT = { name: 'Error', message: 'x', causes: [] };

const MESSAGES = [
  { id: 1, output: null },
  { id: 1, output: [HISTORY], beside: { strays: [], leaks: [] } },
  { id: 2, failure: { stage: 'open', kind: 'threw', message: 'x', caught: CAUGHT } },
  { id: 3, refusal: 'x' },
  { id: 4, bug: 'x' },
  { note: 'done', run: 1, done: { actor: 0, step: 0, records: [RECORD], next: 1 } },
  { note: 'abort', run: 1, actor: 0 },
  { note: 'failed', run: 1, message: 'x' },
  { note: 'last', act: 0, records: [RECORD], order: [], stuck: [] },
  { stalled: [0, 1, 2] },
];

describe('a message', () => {
  it.each(MESSAGES)('%j is one', (message) => {
    expect(parseMessage(JSON.stringify(message))).toBeDefined();
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"id":1}',
    '{"id":-1,"output":null}',
    '{"id":"1","output":null}',
    '{"id":1,"failure":null}',
    '{"id":1,"output":null,"beside":{"strays":[null],"leaks":[]}}',
    '{"note":"last","act":1e9,"records":[],"order":[],"stuck":[]}',
    '{"note":"done","run":1,"done":{"actor":0,"step":0,"records":[{}]}}',
    '{"stalled":[1,2]}',
    '{"id":1,"output":{"$":"nothing"}}',
    '{"id":1,"output":{"$":"bigint","v":"x"}}',
    '['.repeat(100_000),
  ])('%.60s is none', (line) => {
    expect(parseMessage(line)).toBeUndefined();
  });

  it('is found or not, whatever was done to its text', () => {
    const edit = fc.tuple(
      fc.nat(400),
      fc.nat(20),
      fc.constantFrom('', '0', '"', '{', ']', 'null', '\\', '1e999', '-'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...MESSAGES), fc.array(edit, { maxLength: 3 }), (message, edits) => {
        let line = JSON.stringify(message);
        for (const [at, length, by] of edits) line = line.slice(0, at) + by + line.slice(at + length);
        const parsed = parseMessage(line);
        if (parsed !== undefined && 'output' in parsed) isOutput('run', parsed.output);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an answer', () => {
  it.each([
    ['run', [HISTORY], true],
    ['run', [], false],
    ['run', [{ ...HISTORY, records: [null] }], false],
    ['run', [{ ...HISTORY, records: [{ ...RECORD, outcome: { status: 'error', error: {} } }] }], false],
    ['open', { id: 1, surfaces: ['streams'] }, true],
    ['open', null, false],
    ['closeInstance', { status: 'error', error: CAUGHT }, true],
    ['closeInstance', null, false],
    ['destroy', null, true],
    ['destroy', [], false],
    ['checkStorage', 7, false],
    [
      'codec',
      [
        { ok: true, value: 1 },
        { ok: false, error: CAUGHT },
      ],
      true,
    ],
    ['codec', [{ ok: 'yes' }], false],
  ] as const)('to %s: %j: %s', (command, output, is) => {
    expect(isOutput(command, output)).toBe(is);
  });
});
