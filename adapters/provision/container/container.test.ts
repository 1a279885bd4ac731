import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../postgres/testing/server.ts';
import { startContainer, type ContainerServer } from './container.ts';
import { loadTestcontainers, reachEngine, removeContainer, type Engine } from './engine.ts';
import { reach } from '../../postgres/target/reach.ts';
import { FAILING_IMAGE, makeFailingImage, makeTestImage, TEST_IMAGE } from '../testing/image.ts';
import { isRunning, startInProcess, type Started } from '../testing/inProcess.ts';

/** The image is made of this machine's programs, so only Linux can make one that runs in a container. */
const engine: Engine | undefined =
  process.platform === 'linux'
    ? await reachEngine(await loadTestcontainers()).catch(() => undefined)
    : undefined;
if (engine === undefined) {
  console.warn('SKIPPED: no container engine was found, so PostgreSQL was not run in a container.');
}

const start = (environment?: Record<string, string>): Promise<Started<ContainerServer>> =>
  startInProcess('container/container', `startContainer('${TEST_IMAGE}')`, environment);

async function namesOf({ container: { dockerode } }: Engine): Promise<string[]> {
  const containers = await dockerode.listContainers({ all: true });
  return containers.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
}

describe.skipIf(engine === undefined)('PostgreSQL in a container', () => {
  const present = engine as Engine;
  const isGone = async ({ name, keeperPid }: ContainerServer): Promise<boolean> =>
    !(await namesOf(present)).includes(name) && !(await isRunning(keeperPid));
  beforeAll(() => makeTestImage(present));

  it('is reached on the loopback interface only, with the settings that were asked for', async () => {
    const server = await startContainer(TEST_IMAGE);
    try {
      expect(await reach(server.url)).toMatchObject({ maxConnections: 200, synchronousCommit: 'on' });
      const { NetworkSettings } = await present.container.getById(server.name).inspect();
      const { port } = new URL(server.url);
      expect(NetworkSettings.Ports).toEqual({ '5432/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] });
    } finally {
      await server.stop();
    }
    await server.stop();
    expect(await isGone(server)).toBe(true);
  });

  it('says what an image said that runs no server, and removes the container', async () => {
    await makeFailingImage(present);
    const started = startContainer(FAILING_IMAGE);
    await expect(started).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(started).rejects.toThrow(/ended with status 3: no server here\. Expected an image/);
    const { container } = present;
    const filters = { ancestor: [FAILING_IMAGE] };
    expect(await container.dockerode.listContainers({ all: true, filters })).toEqual([]);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'is removed when the process that started it ends by %s',
    async (signal) => {
      const started = await start();
      await started.kill(signal);
      expect(await eventually(() => isGone(started.server))).toBe(true);
    },
  );

  it.runIf(hasProgram())('is removed when its keeper is killed as well', async () => {
    const started = await start();
    process.kill(started.server.keeperPid, 'SIGKILL');
    await started.kill('SIGKILL');
    expect(await eventually(() => isGone(started.server))).toBe(true);
  });

  it('is removed by the next start at the latest, and one that is in use is not', async () => {
    // Without any program its guard can do nothing.
    const abandoned = await start({ PATH: '' });
    const used = await startContainer(TEST_IMAGE);
    try {
      process.kill(abandoned.server.keeperPid, 'SIGKILL');
      await abandoned.kill('SIGKILL');
      expect(await namesOf(present)).toContain(abandoned.server.name);
      await (await startContainer(TEST_IMAGE)).stop();
      expect(await namesOf(present)).not.toContain(abandoned.server.name);
      await reach(used.url);
    } finally {
      await used.stop();
      await removeContainer(present, abandoned.server.name);
    }
  });
});

/** The program `docker`, which the guard uses. */
function hasProgram(): boolean {
  try {
    execFileSync('docker', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Answers like an engine that has no image and can pull none. */
function emptyEngine(): Server {
  return createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://engine').pathname;
    response.setHeader('content-type', 'application/json');
    if (path.endsWith('/info')) response.end('{"OperatingSystem": ""}');
    else if (path.endsWith('/containers/json')) response.end('[]');
    else {
      response.statusCode = 404;
      const message = path.endsWith('/images/create') ? 'manifest unknown' : 'no such image';
      response.end(JSON.stringify({ message }));
    }
  });
}

describe('an engine that cannot run the image', () => {
  const server = emptyEngine();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lockstep-engine-'));
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    vi.stubEnv('DOCKER_HOST', `unix://${join(folder, 'socket')}`);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });

  it('is named with what it said, and what to do', async () => {
    vi.stubEnv('TESTCONTAINERS_HOST_OVERRIDE', '127.0.0.1');
    const started = startContainer('nowhere/nothing:1');
    await expect(started).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(started).rejects.toThrow(
      /could not be pulled: .*manifest unknown.*docker pull nowhere\/nothing:1/,
    );
  });

  it('is refused when it is on another machine: the server would listen there', async () => {
    vi.stubEnv('TESTCONTAINERS_HOST_OVERRIDE', '192.0.2.1');
    const started = startContainer('nowhere/nothing:1');
    await expect(started).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(started).rejects.toThrow(/the engine is at 192\.0\.2\.1/);
  });
});

it.runIf(engine === undefined && process.platform === 'linux')('says that no engine answers', async () => {
  const started = startContainer(TEST_IMAGE);
  await expect(started).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(started).rejects.toThrow(/no container engine answers .*DOCKER_HOST/);
});
