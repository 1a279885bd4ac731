import { expect, it } from 'vitest';
import { replayOf } from '../cases/records.ts';
import { streamOf } from '../cases/generate.ts';
import { scopeOf } from '../engine/scope.ts';
import { shown } from './shown.ts';

const scope = scopeOf(1);
const id = scope.id('s1');
const token = `settle:${scope.asIs('k1')}`;

it.each([
  ['s1', streamOf(id)],
  ['s1 rate=NaN', { ...streamOf(id), rate: NaN }],
  ['s1 rate="NaN"', streamOf(id, { rate: 'NaN' })],
  ['s1 status=ended revision=2', streamOf(id, { status: 'ended', revision: 2, createdAt: 'now' })],
  ['s1 no schedule', { ...streamOf(id), schedule: undefined }],
  [`settle:k1 body='"by actor 1"'`, replayOf(token, { body: '"by actor 1"' })],
  ['stored', { stored: true, record: replayOf(token) }],
  ['already there: settle:k1 status=409', { stored: false, existing: replayOf(token, { status: 409 }) }],
  ['limit=2 cursor of page 1', { limit: 2, cursor: { $saved: 'page 1', path: 'nextCursor' } }],
  ['limit=2 cursor=""', { limit: 2, cursor: '' }],
  ['[s1 settle:k1]', { items: [streamOf(id), replayOf(token)] }],
])('%s', (label, value) => {
  expect(shown(value, scope)).toBe(label);
});
