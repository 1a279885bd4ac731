import { expect, it } from 'vitest';
import { hideSecrets, hideSecretsIn, learnSecrets } from './secrets.ts';

it.each([
  ['cannot reach postgresql://me:hunter2@h:5/d: refused', 'cannot reach postgresql://me:***@h:5/d: refused'],
  ['redis://:hunter2@h and amqp://a:hun@ter2@h', 'redis://:***@h and amqp://a:***@h'],
  ['{"user":"me","password":"hunter2","host":"h"}', '{"user":"me","password":***,"host":"h"}'],
  ["config { password: 'hunter2' }", 'config { password: *** }'],
  ['host=h password=hunter2 user=me', 'host=h password=*** user=me'],
  ['/d?sslmode=require&sslpassword=hunter2&x=1', '/d?sslmode=require&sslpassword=***&x=1'],
])('hides what stands as a password in %j', (text, hidden) => {
  expect(hideSecrets(text)).toBe(hidden);
});

it.each([
  'password authentication failed for user "me"',
  'SASL: client password must be a string',
  'see https://example.org:443/a and me@example.org',
  '--pg postgresql://me@h:5432/d',
])('leaves %j as it is', (text) => {
  expect(hideSecrets(text)).toBe(text);
});

it('hides the passwords of a connection wherever they stand', () => {
  learnSecrets({
    url: 'postgresql://me:blue%20Whale@h/d',
    deep: [{ password: 'green-Whale' }],
    user: 'somebody',
  });
  expect(hideSecrets('blue Whale, blue%20Whale, green-Whale, somebody')).toBe('***, ***, ***, somebody');
});

it('takes no word for a secret because it is the password of a server for tests', () => {
  learnSecrets('postgresql://postgres:postgres@h/d');
  expect(hideSecrets('certify postgres')).toBe('certify postgres');
});

it('hides them in every text of a value', () => {
  expect(hideSecretsIn({ at: ['redis://:hunter2@h', 7, null], more: { on: true } })).toEqual({
    at: ['redis://:***@h', 7, null],
    more: { on: true },
  });
});
