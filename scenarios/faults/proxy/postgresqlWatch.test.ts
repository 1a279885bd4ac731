import { describe, expect, it } from 'vitest';
import { commits, PostgresqlWatch } from './postgresqlWatch.ts';

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A message of this type; each text ends in a zero byte. */
function message(type: string, texts: readonly string[] = [], rest: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([...texts.map((text) => Buffer.from(`${text}\0`)), rest]);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

const START = Buffer.concat([int32(8), int32(196_608)]);
const SSL_REQUEST = Buffer.concat([int32(8), int32(80_877_103)]);
const READY = message('Z', [], Buffer.from('I'));
const query = (sql: string): Buffer => message('Q', [sql]);
const done = (tag: string): Buffer => message('C', [tag]);

/** Of a connection that has begun. */
function watch(): PostgresqlWatch {
  const begun = new PostgresqlWatch();
  begun.request(START);
  begun.answer(READY);
  return begun;
}

describe('a statement', () => {
  it.each([
    'COMMIT',
    'commit;',
    'END',
    ' /* so */ Commit work',
    'INSERT INTO a VALUES (1); COMMIT',
    "COMMIT PREPARED 'a'",
  ])('that commits: %s', (sql) => expect(commits(sql)).toBe(true));

  it.each([
    'BEGIN ISOLATION LEVEL READ COMMITTED',
    "SELECT '; COMMIT'",
    'SELECT 1 -- ; COMMIT',
    'DO $a$ BEGIN PERFORM 1; END $a$',
    'SELECT 1 AS "; commit"',
    'SELECT CASE WHEN true THEN 1 END',
    'ROLLBACK',
  ])('that does not: %s', (sql) => expect(commits(sql)).toBe(false));
});

describe('a connection to PostgreSQL', () => {
  it('asks for a commit in a query, and is answered', () => {
    const watched = watch();
    expect(watched.request(query('BEGIN'))).toBe(-1);
    expect(watched.answer(Buffer.concat([done('BEGIN'), READY]))).toBe(-1);
    expect(watched.request(query('COMMIT'))).toBe(0);
    expect(watched.answer(Buffer.concat([done('COMMIT'), READY]))).toBe(0);
  });

  it('asks for it by what it has prepared before', () => {
    const watched = watch();
    const prepared = Buffer.concat([
      message('P', ['c', 'COMMIT']),
      message('P', ['s', 'SELECT 1']),
      message('S'),
    ]);
    expect(watched.request(prepared)).toBe(-1);
    expect(watched.answer(Buffer.concat([message('1'), message('1'), READY]))).toBe(-1);
    const bind = (name: string): Buffer => message('B', ['', name]);
    expect(watched.request(Buffer.concat([bind('s'), message('E', ['']), message('S')]))).toBe(-1);
    expect(watched.answer(Buffer.concat([done('SELECT 1'), READY]))).toBe(-1);
    const ended = Buffer.concat([bind('s'), message('E', ['']), message('S')]);
    const committing = Buffer.concat([bind('s'), message('E', ['']), bind('c'), message('E', [''])]);
    // All that has one Sync is sent at once.
    expect(watched.request(Buffer.concat([ended, committing, message('S')]))).toBe(ended.length);
    expect(watched.answer(Buffer.concat([done('SELECT 1'), READY]))).toBe(-1);
    expect(watched.answer(Buffer.concat([message('2'), done('COMMIT'), READY]))).toBe(message('2').length);
  });

  it('pipelines it, and is answered for what it asked before', () => {
    const watched = watch();
    const before = Buffer.concat([query('SELECT 1'), query('BEGIN'), query('INSERT')]);
    expect(watched.request(Buffer.concat([before, query('COMMIT')]))).toBe(before.length);
    expect(watched.answer(Buffer.concat([done('SELECT 1'), READY, done('BEGIN'), READY]))).toBe(-1);
    const inserted = Buffer.concat([done('INSERT 0 1'), READY]);
    expect(watched.answer(Buffer.concat([inserted, done('COMMIT'), READY]))).toBe(inserted.length);
  });

  it('takes the answer to an earlier commit for what it is', () => {
    const watched = watch();
    watched.request(Buffer.concat([query('COMMIT'), query('BEGIN'), query('COMMIT')]));
    expect(watched.answer(Buffer.concat([done('COMMIT'), READY, done('BEGIN'), READY]))).toBe(-1);
    expect(watched.answer(Buffer.concat([done('COMMIT'), READY]))).toBe(0);
  });

  it('is told that the commit failed', () => {
    const watched = watch();
    watched.request(query('COMMIT'));
    expect(watched.answer(message('E', ['deferred constraint']))).toBe(-1);
    expect(watched.answer(READY)).toBe(0);
  });

  it('is understood byte by byte', () => {
    const watched = watch();
    const found = [...query('COMMIT')].map((byte) => watched.request(Buffer.from([byte])));
    expect(found.findIndex((at) => at !== -1)).toBe(found.length - 1);
    const answered = [...done('COMMIT')].map((byte) => watched.answer(Buffer.from([byte])));
    expect(answered.at(-1)).toBe(0);
  });

  it('may ask for encryption, and is understood unless it gets it', () => {
    const plain = new PostgresqlWatch();
    plain.request(SSL_REQUEST);
    plain.answer(Buffer.from('N'));
    plain.request(START);
    plain.answer(READY);
    expect(plain.request(query('COMMIT'))).toBe(0);
    const encrypted = new PostgresqlWatch();
    encrypted.request(SSL_REQUEST);
    encrypted.answer(Buffer.from('S'));
    expect(encrypted.request(query('COMMIT'))).toBe(-1);
  });
});
