/** The only file that loads pg, and only when a connection is wanted. */
import type pg from 'pg';

export type Driver = typeof pg;

export async function loadDriver(): Promise<Driver> {
  return (await import('pg')).default;
}
