import { describe, expect, it } from 'vitest';
import { DEFAULT_IMAGE, parseWhere } from './where.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('--pg', () => {
  it.each([
    ['embedded', { kind: 'embedded' }],
    ['docker', { kind: 'docker', image: DEFAULT_IMAGE }],
    ['docker:postgres', { kind: 'docker', image: 'postgres' }],
    ['docker:postgres:17-alpine', { kind: 'docker', image: 'postgres:17-alpine' }],
    ['docker:localhost:5000/team/my_pg:1.2', { kind: 'docker', image: 'localhost:5000/team/my_pg:1.2' }],
    [`docker:postgres@${DIGEST}`, { kind: 'docker', image: `postgres@${DIGEST}` }],
    ['postgres://u:p@h:5432/d', { kind: 'url', url: 'postgres://u:p@h:5432/d' }],
    ['postgresql:///d', { kind: 'url', url: 'postgresql:///d' }],
  ])('takes %s', (text, where) => {
    expect(parseWhere(text)).toEqual(where);
  });

  it.each([
    '',
    'Docker',
    'docker:',
    'docker: postgres',
    'docker:Postgres',
    'docker:-v',
    'docker:a//b',
    'mysql://h/d',
  ])('refuses "%s"', (text) => {
    expect(parseWhere(text)).toBeUndefined();
  });

  it('needs no time for a long name', () => {
    expect(parseWhere(`docker:${'a-'.repeat(50_000)}`)).toBeUndefined();
  });
});
