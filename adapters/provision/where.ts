/** Where PostgreSQL runs: the values of `--pg` and LOCKSTEP_PG. */
import { problemOfUrl } from './serverUrl.ts';

/**
 * The image of `--pg docker`. It is not the Alpine image, whose database would sort by bytes, so that a query that does
 * not specify its order would not be noticed.
 */
export const DEFAULT_IMAGE = 'postgres:18';

export type Where =
  /** The server that comes with lockstep, started for the run. */
  | { readonly kind: 'embedded' }
  /** A container of this image, started for the run. */
  | { readonly kind: 'docker'; readonly image: string }
  /** A server that already runs. */
  | { readonly kind: 'url'; readonly url: string };

/** The possible values, for messages. */
export const WHERE =
  '"embedded", "docker", "docker:IMAGE" (docker:postgres:17), or postgresql://user:password@host:port/database';

/** The name of an image as engines accept it: a registry, a path in lower case, a tag, a digest. */
const IMAGE =
  /^([a-zA-Z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const DOCKER = 'docker:';

/** Undefined if `text` is none of them. */
export function parseWhere(text: string): Where | undefined {
  if (text === 'embedded') return { kind: 'embedded' };
  if (text === 'docker') return { kind: 'docker', image: DEFAULT_IMAGE };
  if (text.startsWith(DOCKER)) {
    const image = text.slice(DOCKER.length);
    return IMAGE.test(image) ? { kind: 'docker', image } : undefined;
  }
  return problemOfUrl(text) === undefined ? { kind: 'url', url: text } : undefined;
}

/** What is wrong with a text that is none of them. Does not quote it, because any part may be a password. */
export function problemOfWhere(text: string): string {
  if (text === '') return 'it is empty';
  if (text.startsWith(DOCKER)) return 'what follows "docker:" is no name of an image';
  if (/^postgres(ql)?:\/\//.test(text)) return problemOfUrl(text) ?? 'it cannot be read';
  return 'it is none of them';
}
