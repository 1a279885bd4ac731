import { describe, expect, it } from 'vitest';
import { pgPart } from './repeat.ts';

describe('a repeat line', () => {
  it.each([
    ['embedded', ''],
    ['docker', '--pg docker'],
    ['docker:postgres:17', '--pg docker:postgres:17'],
    ['postgres://me@host:5432/d', '--pg postgres://me@host:5432/d'],
    ['postgres://me@host/d?sslmode=require', "--pg 'postgres://me@host/d?sslmode=require'"],
  ])('names %s as it was given', (pg, part) => {
    expect(pgPart(pg)).toBe(part);
  });

  it.each([
    'postgres://me:secret@host/d',
    'postgres://host/d?user=me&password=secret',
    'postgres://me@host/d?sslpassword=secret',
  ])('does not show the password of %s', (pg) => {
    expect(pgPart(pg)).toBe('--pg "$LOCKSTEP_PG"');
  });
});
