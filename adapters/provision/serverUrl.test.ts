import { expect, it } from 'vitest';
import { isPublic, problemOfUrl, redact } from './serverUrl.ts';
import { parseWhere, problemOfWhere } from './where.ts';

const SECRET = /s3cr3t|p4ss/;

it.each([
  'postgresql://u:s3cr3t@ss w/x',
  'postgres:u:s3cr3t@h',
  'postgresql:/u:s3cr3t@h/d',
  'postgresql//u:s3cr3t@h/d',
  'mysql://u:s3cr3t@h/d',
  'u:s3cr3t@h/d',
  'postgresql://u:s3cr3t',
  'postgresql://u:s3cr3t@[/d',
  'postgresql://u:s3cr3t@h:99999/d',
  'postgresql://u:s3cr3t%zz@h/d',
  'postgresql://u:1234/s3cr3t@h/d',
  'postgresql://u:1234?s3cr3t@h/d',
  'postgresql://u:1234#s3cr3t@h/d',
  'postgresql://u:s3cr3t@h/d#p4ss',
  'postgresql://u:s3cr3t@h/d\npassword=p4ss',
  'host=h user=u password=s3cr3t',
  'docker:s3cr3t@p4ss',
  's3cr3t',
])('says nothing of %j, which cannot be read', (text) => {
  expect(parseWhere(text)).toBeUndefined();
  expect(problemOfWhere(text)).not.toMatch(SECRET);
  expect(redact(text)).not.toMatch(SECRET);
});

it.each([
  ['postgresql://u:s3cr3t@h:1/d', 'postgresql://u:***@h:1/d'],
  ['postgres://u:s3@cr3t@h', 'postgres://u:***@h'],
  ['postgresql://h/d?user=u&password=s3cr3t', 'postgresql://h/d?user=u&***'],
  ['postgresql://h/d?sslmode=require&sslpassword=s3cr3t&p4ss=1', 'postgresql://h/d?sslmode=require&***&***'],
  ['postgresql://u:s3cr3t@/d?host=/tmp', 'postgresql://u:***@/d?host=/tmp'],
])('shows %s without its password', (url, shown) => {
  expect(parseWhere(url)).toEqual({ kind: 'url', url });
  expect(redact(url)).toBe(shown);
  expect(isPublic(url)).toBe(false);
});

it.each(['postgresql:///d', 'postgresql://u@[::1]:5/d?sslmode=require', 'postgresql://%2Ftmp/d'])(
  'shows all of %s, which holds none',
  (url) => {
    expect(problemOfUrl(url)).toBeUndefined();
    expect(isPublic(url)).toBe(true);
    expect(redact(url)).toBe(url);
  },
);
