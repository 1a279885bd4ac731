/** The URL of a PostgreSQL server: whether it can be read, and how it is shown. Nothing here says a password. */

/** What a URL may ask of the driver and may be shown. What is not among them may hold anything. */
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
/** Instead of a URL that cannot be read: any part of it may be the password. */
const NOT_SHOWN = 'a URL that is not shown, as it cannot be read';

/** undefined: the driver can read it, and it is plain which part is the password. Else what is wrong, without any of it. */
export function problemOfUrl(text: string): string | undefined {
  if (!SCHEME.test(text)) return 'it does not begin with postgresql://';
  // The driver would quote what it finds, and read what is behind it in some other way.
  if (/\s/.test(text)) return 'it holds white space; in user, password and database write %20 for a space';
  if (text.includes('#')) return 'it holds a "#"; in user, password and database write %23 for it';
  const rest = text.replace(SCHEME, '');
  if (/[/?].*@/.test(rest))
    return 'a "/" or "?" stands before its last "@"; in user and password write %2F for "/", %3F for "?" and %40 for "@"';
  if (read(text) === undefined)
    return 'no host and port can be read in it; in user and password write % and two digits for every sign but letters and digits';
  return undefined;
}

/** `text` without its password, and without whatever else may be secret. */
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

/** Which server and database it is, and nothing of how they are reached. */
export function serverName(text: string): string {
  return redact(text).replace(/\?.*$/, '');
}

/** Whether nothing in it may be secret. */
export function isPublic(text: string): boolean {
  const url = problemOfUrl(text) === undefined ? read(text) : undefined;
  return (
    url?.password === '' && [...url.searchParams.keys()].every((name) => SHOWN_PARAMETERS.includes(name))
  );
}

/** Stands where a URL names its host among its parameters, as a socket's directory. */
const NO_HOST = 'no-host.invalid';

function read(text: string): URL | undefined {
  try {
    const url = new URL(text.replace('@/', `@${NO_HOST}/`));
    // The driver decodes them, and throws what it cannot decode.
    for (const part of [url.username, url.password, url.pathname, url.hostname]) decodeURIComponent(part);
    return url;
  } catch {
    return undefined;
  }
}
