/**
 * The secret of a run. Services only accept requests that contain it, because every process on the machine can reach
 * their ports. It is only sent over the channels to the run's own processes, never in an argument, an environment
 * variable or a file.
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

/**
 * Returns a function that checks the header `authorization`. It takes the same time however much of the secret is
 * right.
 */
export function admission(token: string): (authorization: string | undefined) => boolean {
  const expected = Buffer.from(authorizationOf(token), 'latin1');
  return (authorization) => {
    if (authorization === undefined || authorization.length !== expected.length) return false;
    return timingSafeEqual(Buffer.from(authorization, 'latin1'), expected);
  };
}
