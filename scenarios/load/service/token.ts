/**
 * The secret of a run. Services take requests only with it: their ports are open to every process of the machine. It
 * travels over the channels to the run's own processes, and stands in no argument, environment or file.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 16;

export function newToken(): string {
  return randomBytes(BYTES).toString('hex');
}

/** The value of the header `authorization`. */
export function authorizationOf(token: string): string {
  return `Bearer ${token}`;
}

/** Tells whether a header `authorization` has the token, in a time that does not depend on how much of it is right. */
export function admission(token: string): (authorization: string | undefined) => boolean {
  const expected = Buffer.from(authorizationOf(token), 'latin1');
  return (authorization) => {
    if (authorization === undefined || authorization.length !== expected.length) return false;
    return timingSafeEqual(Buffer.from(authorization, 'latin1'), expected);
  };
}
