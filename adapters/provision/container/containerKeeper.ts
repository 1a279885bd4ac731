/** The keeper of one PostgreSQL server in a container. Its arguments are the name of the container and the image. */
import { randomBytes } from 'node:crypto';
import type { ContainerReady } from './container.ts';
import {
  loadTestcontainers,
  reachEngine,
  removeAbandonedContainers,
  removeContainer,
  type Engine,
} from './engine.ts';
import { keep } from '../keeper/lifecycle.ts';
import { PostgresContainer } from './postgresContainer.ts';
import { SUPERUSER } from '../settings.ts';
import { loopbackUrl } from '../loopbackUrl.ts';

/** If the program `docker` is missing, the next start removes the container. */
const GUARD = `
cat >/dev/null
docker rm --force --volumes "$1"
`;

const [name, image] = process.argv.slice(2);
if (name === undefined || image === undefined) {
  throw new Error('Expected the name of the container and its image as arguments.');
}

let engine: Engine | undefined;
let container: PostgresContainer | undefined;
let starting: Promise<unknown> | undefined;

async function start(options: { name: string; image: string }, gone: AbortSignal): Promise<ContainerReady> {
  const testcontainers = await loadTestcontainers();
  engine = await reachEngine(testcontainers);
  await removeAbandonedContainers(engine);
  const password = randomBytes(16).toString('hex');
  container = new PostgresContainer(testcontainers, engine, { ...options, password, signal: gone });
  const started = container.start();
  starting = started;
  const left = new Promise<never>((_, reject) =>
    gone.addEventListener('abort', () => reject(new Error('nobody wants it any more')), { once: true }),
  );
  // Pulling an image cannot be canceled. The process can only exit.
  const { port, imageId } = await Promise.race([started, left]);
  return { url: loopbackUrl(SUPERUSER, password, port, SUPERUSER), imageId };
}

await keep({
  guard: GUARD,
  guarded: name,
  start: (gone) => start({ name, image }, gone.signal),
  remove: async () => {
    if (engine === undefined || container?.created !== true) return;
    // A request that creates the container may be in progress. It would be carried out after the removal.
    await starting?.catch(() => undefined);
    await removeContainer(engine, name);
  },
});
