/** The container engine of this machine, used through testcontainers. Only the container keeper loads that package. */
import { hostname } from 'node:os';
import type * as testcontainers from 'testcontainers';
import { runsFor } from '../local/runDirectory.ts';

export type Testcontainers = typeof testcontainers;
export type Engine = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>;

/** The label that marks a container as lockstep's. Its value names the keeper: machine, user and process. */
const KEEPER_LABEL = 'lockstep.keeper';
const OURS = `${hostname()}/${process.getuid?.() ?? ''}/`;

/** An engine at one of these names runs on this machine and publishes ports on its loopback interface. */
const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

export async function loadTestcontainers(): Promise<Testcontainers> {
  try {
    return await import('testcontainers');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'the package testcontainers is not installed. Install it beside lockstep: npm install --save-dev testcontainers@11'
        : `the package testcontainers cannot be loaded: ${message}. Install another version: npm install --save-dev testcontainers@11`,
      { cause },
    );
  }
}

/** Throws Error if no engine answers, or if it cannot publish a port on this machine's loopback interface. */
export async function reachEngine({ getContainerRuntimeClient }: Testcontainers): Promise<Engine> {
  let engine: Engine;
  try {
    engine = await getContainerRuntimeClient();
  } catch (cause) {
    const named = process.env['DOCKER_HOST'];
    throw new Error(
      `no container engine answers ${named === undefined ? 'at the usual sockets' : `at DOCKER_HOST ${named}`}. Start one, or name its socket: DOCKER_HOST=unix:///path/docker.sock`,
      { cause },
    );
  }
  const { host } = engine.info.containerRuntime;
  if (LOCAL_HOSTS.includes(host)) return engine;
  throw new Error(
    `the engine is at ${host}, where this process cannot reach the loopback interface, and the server listens on no other. Use an engine on this machine; if it is one, in spite of its name: TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1`,
  );
}

/** Labels that mark a container as kept by this process. The process has the container's name among its arguments. */
export function keeperLabels(): Record<string, string> {
  return { [KEEPER_LABEL]: `${OURS}${process.pid}` };
}

/**
 * Removes the containers of this user's earlier runs whose keeper and guard were both killed. Returns the names of the
 * removed containers.
 */
export async function removeAbandonedContainers(engine: Engine): Promise<string[]> {
  const removed: string[] = [];
  const filters = { label: [KEEPER_LABEL] };
  for (const { Id, Names, Labels } of await engine.container.dockerode.listContainers({
    all: true,
    filters,
  })) {
    const label = Labels[KEEPER_LABEL] ?? '';
    // The engine adds a slash in front of each name.
    const name = Names[0]?.slice(1) ?? '';
    if (!label.startsWith(OURS) || name === '') continue;
    if (await runsFor(Number(label.slice(OURS.length)), name)) continue;
    await removeContainer(engine, Id);
    removed.push(name);
  }
  return removed;
}

/** Kills the container and removes it with its data. Succeeds if the container no longer exists. */
export async function removeContainer(engine: Engine, idOrName: string): Promise<void> {
  try {
    await engine.container.getById(idOrName).remove({ force: true, v: true });
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    // It does not exist, or another process is removing it.
    if (statusCode !== 404 && statusCode !== 409) throw error;
  }
}
