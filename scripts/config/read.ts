/** Reads `lockstep.config.ts`. Any problem is a USAGE error with a message that names the file. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defaultExport, importModule } from '../../scenarios/host/importModule.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';

/** The content of the file, which must be an object. Each user of its keys checks them. */
export async function readConfig(cwd: string, name: string): Promise<Record<string, unknown>> {
  const module = await importModule(pathToFileURL(join(cwd, name)).href).catch((cause: Error) => {
    throw wrong(name, `it could not be imported: ${cause.message.split('\n')[0]}`, cause);
  });
  const config = defaultExport(module);
  if (isObject(config)) return config;
  throw wrong(
    name,
    `expected a default export like defineConfig({ target: './target.ts' }), got ${kindOf(config)}`,
  );
}

export function wrong(file: string, what: string, cause?: unknown): LockstepError<'USAGE'> {
  return new LockstepError('USAGE', `${file}: ${what}.`, { cause });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of a value. Never the value itself, which may be a password. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
