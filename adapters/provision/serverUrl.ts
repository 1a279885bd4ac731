/** The URL of a PostgreSQL server: whether it can be parsed, and how it is shown. No function here shows a password. */

/** Parameters of a URL that may be shown. Any other parameter may contain a secret. */
const SHOWN_PARAMETERS: readonly string[] = [
  'host',
  'port',
  'user',
  'sslmode',
  'sslnegotiation',
  'sslcert',
  'sslkey',
  'sslrootcert',
  'uselibpqcompat',
  'application_name',
  'client_encoding',
  'options',
];

const SCHEME = /^postgres(?:ql)?:\/\//;
const HIDDEN = '***';
/** Shown instead of a URL that cannot be parsed, because any part of it may be the password. */
const NOT_SHOWN = 'a URL that is not shown, as it cannot be read';

/**
 * Undefined: the driver can parse the URL, and it is clear which part is the password. Otherwise what is wrong, without
 * any part of the URL.
 */
export function problemOfUrl(text: string): string | undefined {
  if (!SCHEME.test(text)) return 'it does not begin with postgresql://';
  // The driver would quote white space, and would parse what follows it differently.
  if (/\s/.test(text)) return 'it holds white space; in user, password and database write %20 for a space';
  if (text.includes('#')) return 'it holds a "#"; in user, password and database write %23 for it';
  const rest = text.replace(SCHEME, '');
  if (/[/?].*@/.test(rest))
    return 'a "/" or "?" stands before its last "@"; in user and password write %2F for "/", %3F for "?" and %40 for "@"';
  if (read(text) === undefined)
    return 'no host and port can be read in it; in user and password, percent-encode every character except letters and digits';
  return undefined;
}

/** `text` without its password and without any other part that may be secret. */
export function redact(text: string): string {
  const url = problemOfUrl(text) === undefined ? read(text) : undefined;
  if (url === undefined) return NOT_SHOWN;
  if (url.password !== '') url.password = HIDDEN;
  const parameters = [...url.searchParams].map(([name, value]) =>
    SHOWN_PARAMETERS.includes(name) ? `${name}=${value}` : HIDDEN,
  );
  url.search = '';
  const shown = url.href.replace(NO_HOST, '');
  return parameters.length === 0 ? shown : `${shown}?${parameters.join('&')}`;
}

/** The server and database that the URL names, without how they are connected to. */
export function serverName(text: string): string {
  return redact(text).replace(/\?.*$/, '');
}

/** Whether no part of the URL may be secret. */
export function isPublic(text: string): boolean {
  const url = problemOfUrl(text) === undefined ? read(text) : undefined;
  return (
    url?.password === '' && [...url.searchParams.keys()].every((name) => SHOWN_PARAMETERS.includes(name))
  );
}

/** The host of a URL that names its host in a parameter, such as the directory of a socket. */
const NO_HOST = 'no-host.invalid';

function read(text: string): URL | undefined {
  try {
    const url = new URL(text.replace('@/', `@${NO_HOST}/`));
    // The driver decodes these parts, and throws if it cannot decode one.
    for (const part of [url.username, url.password, url.pathname, url.hostname]) decodeURIComponent(part);
    return url;
  } catch {
    return undefined;
  }
}
