/** The settings of every server that lockstep starts. */
export const SUPERUSER = 'postgres';

/** fsync and synchronous_commit stay on: what is certified here must have been durable. */
export const SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  fsync: 'on',
  synchronous_commit: 'on',
};

/** The settings as arguments of the program `postgres`. */
export function argumentsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
