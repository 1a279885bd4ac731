/**
 * Keeps passwords out of everything that is said. What an adapter, its driver or a user writes may hold one: a URL is
 * hidden in part wherever it stands, and the passwords that this process was told are hidden as they are.
 */
import type { Json } from '../adapters/contract/index.ts';

const HIDDEN = '***';

/** A URL with a user, from its scheme to the last "@" before white space; one with a password has a colon in between. */
const IN_URL = /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/{1,2}[^\s:@/]*):(?!password@)[^\s"'`]*@/gi;
/** `password=secret`, `"password": "secret"`, `&sslpassword=secret`. */
const NAMED = /((?:password|passwd|passphrase)["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s"'`&,;)}\]]+)/gi;

/** Shorter ones are hidden in URLs alone: they would be found in the middle of words. */
const SHORTEST = 6;
/** Also the names of things, and of people: hidden in URLs alone. */
const WORDS = ['postgres', 'postgresql', 'lockstep', 'password', 'secret', 'memory', 'embedded', 'docker'];
/** Values in a connection that are looked into at most. */
const MOST_VALUES = 1000;

const known = new Set<string>();

/** Learns the passwords in a connection, or in the URL of a server. */
export function learnSecrets(connection: unknown): void {
  const waiting: { readonly name: string; readonly value: unknown }[] = [{ name: '', value: connection }];
  for (let looked = 0; waiting.length > 0 && looked < MOST_VALUES; looked += 1) {
    const { name, value } = waiting.pop() as { name: string; value: unknown };
    if (typeof value === 'string') {
      if (/password|passphrase/i.test(name)) learn(value);
      passwordsOf(value).forEach(learn);
    } else if (typeof value === 'object' && value !== null)
      waiting.push(...Object.entries(value).map(([key, inner]) => ({ name: key, value: inner as unknown })));
  }
}

/** `text` without passwords. */
export function hideSecrets(text: string): string {
  let hidden = text.replace(IN_URL, `$1:${HIDDEN}@`).replace(NAMED, hideNamed);
  for (const secret of known) hidden = hidden.replaceAll(secret, HIDDEN);
  return hidden;
}

/** `value` with every text of it so hidden. */
export function hideSecretsIn(value: Json): Json {
  if (typeof value === 'string') return hideSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(hideSecretsIn);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideSecretsIn(inner)]));
}

/** What a program says of a password is no password: `password: expected a string`. */
function hideNamed(whole: string, before: string, value: string): string {
  const isStated = before.includes('=') || /^["']/.test(value);
  return isStated ? `${before}${HIDDEN}` : whole;
}

function learn(secret: string): void {
  if (secret.length >= SHORTEST && !WORDS.includes(secret.toLowerCase())) known.add(secret);
}

/** As written, and as meant. */
function passwordsOf(text: string): string[] {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/([^\s]*)@/i.exec(text) ?? [];
  const [, written = ''] = /:(.*)$/.exec(authority ?? '') ?? [];
  const named = [...text.matchAll(/[?&]\w*password=([^&\s]+)/gi)].map(([, value = '']) => value);
  return [written, ...named].flatMap((value) => [value, decoded(value)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
