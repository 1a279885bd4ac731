/** What `--pg` and LOCKSTEP_PG may name: where PostgreSQL runs. */
import { problemOfUrl } from './serverUrl.ts';

/**
 * The image of `--pg docker`. Not the Alpine one: its database would sort by bytes, and hide every query that forgot
 * to say which order it wants.
 */
export const DEFAULT_IMAGE = 'postgres:18';

export type Where =
  /** A server that comes with lockstep, started for the run. */
  | { readonly kind: 'embedded' }
  /** A container of this image, started for the run. */
  | { readonly kind: 'docker'; readonly image: string }
  /** A server that runs anyway. */
  | { readonly kind: 'url'; readonly url: string };

/** For messages. */
export const WHERE =
  '"embedded", "docker", "docker:IMAGE" (docker:postgres:17), or postgresql://user:password@host:port/database';

/** A registry, a lower-case path, a tag, a digest, as engines name images. */
const IMAGE =
  /^([a-zA-Z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
const DOCKER = 'docker:';

/** Undefined when `text` names none of them. */
export function parseWhere(text: string): Where | undefined {
  if (text === 'embedded') return { kind: 'embedded' };
  if (text === 'docker') return { kind: 'docker', image: DEFAULT_IMAGE };
  if (text.startsWith(DOCKER)) {
    const image = text.slice(DOCKER.length);
    return IMAGE.test(image) ? { kind: 'docker', image } : undefined;
  }
  return problemOfUrl(text) === undefined ? { kind: 'url', url: text } : undefined;
}

/** What is wrong with a text that names none of them. Says nothing of it: any part may be a password. */
export function problemOfWhere(text: string): string {
  if (text === '') return 'it is empty';
  if (text.startsWith(DOCKER)) return 'what follows "docker:" is no name of an image';
  if (/^postgres(ql)?:\/\//.test(text)) return problemOfUrl(text) ?? 'it cannot be read';
  return 'it is none of them';
}
