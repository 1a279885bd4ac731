/**
 * Hides passwords in all output. Texts of adapters, drivers and users may contain passwords: a URL is partly hidden
 * wherever it occurs, and passwords that this process has learned are hidden everywhere.
 */
import type { Json } from '../adapters/contract/index.ts';

const HIDDEN = '***';

/** A URL with a user, from its scheme to the last "@" before white space. With a password, it contains a colon. */
const IN_URL = /((?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/{1,2}[^\s:@/]*):(?!password@)[^\s"'`]*@/gi;
/** `password=secret`, `"password": "secret"`, `&sslpassword=secret`. */
const NAMED = /((?:password|passwd|passphrase)["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s"'`&,;)}\]]+)/gi;

/** Shorter passwords are hidden in URLs only, because they occur inside words. */
const SHORTEST = 6;
/** These are also names of things or people, so they are hidden in URLs only. */
const WORDS = ['postgres', 'postgresql', 'lockstep', 'password', 'secret', 'memory', 'embedded', 'docker'];
/** The most values of a connection to search for passwords. */
const MAX_VALUES = 1000;

const known = new Set<string>();

/** Learns the passwords in a connection or in the URL of a server. */
export function learnSecrets(connection: unknown): void {
  const waiting: { readonly name: string; readonly value: unknown }[] = [{ name: '', value: connection }];
  for (let looked = 0; waiting.length > 0 && looked < MAX_VALUES; looked += 1) {
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

/** `value`, with passwords hidden in every text. */
export function hideSecretsIn(value: Json): Json {
  if (typeof value === 'string') return hideSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(hideSecretsIn);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, hideSecretsIn(inner)]));
}

/** A program's words after `password` are not hidden: `password: expected a string`. */
function hideNamed(whole: string, before: string, value: string): string {
  const isStated = before.includes('=') || /^["']/.test(value);
  return isStated ? `${before}${HIDDEN}` : whole;
}

function learn(secret: string): void {
  if (secret.length >= SHORTEST && !WORDS.includes(secret.toLowerCase())) known.add(secret);
}

/** The password as written, and decoded. */
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
