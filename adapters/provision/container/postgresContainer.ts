/** One PostgreSQL server in a container: creates and starts it, and waits until it is ready. */
import { setTimeout as delay } from 'node:timers/promises';
import type { WaitStrategy } from 'testcontainers';
import { loadDriver } from '../../postgres/driver.ts';
import { keeperLabels, type Engine, type Testcontainers } from './engine.ts';
import { argumentsOf, SETTINGS, SUPERUSER } from '../settings.ts';

/** The longest time that pulling the image may take, in milliseconds. */
const PULL_TIMEOUT_MS = 200_000;
/** The longest time until the server accepts connections, in milliseconds. */
const READY_TIMEOUT_MS = 60_000;
const LOOK_MS = 100;
const CONNECT_TIMEOUT_MS = 2_000;
/** The number of lines of the server's log that an error shows. */
const LOG_LINES = 12;

const PORT = 5432;

export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly password: string;
  /** Aborts a start that is in progress. */
  readonly signal: AbortSignal;
}

type Container = Parameters<WaitStrategy['waitUntilReady']>[0];

export class PostgresContainer {
  /** False while there is nothing to remove because the image is being pulled. */
  created = false;
  readonly #testcontainers: Testcontainers;
  readonly #engine: Engine;
  readonly #options: ContainerOptions;

  constructor(loaded: Testcontainers, engine: Engine, options: ContainerOptions) {
    this.#testcontainers = loaded;
    this.#engine = engine;
    this.#options = options;
  }

  /** Resolves when the server accepts connections. If it throws an Error, the container may exist. */
  async start(): Promise<{ readonly port: number; readonly imageId: string }> {
    const { image, name } = this.#options;
    const pulling = new AbortController();
    try {
      const starting = this.#describe(() => pulling.abort()).start();
      const tooLong = delay(PULL_TIMEOUT_MS, undefined, { signal: pulling.signal, ref: false }).then(
        () => {
          throw new Error(`it took longer than ${PULL_TIMEOUT_MS} ms`);
        },
        () => starting,
      );
      const started = await Promise.race([starting, tooLong]);
      const { Image } = await this.#engine.container.getById(name).inspect();
      return { port: started.getMappedPort(PORT), imageId: Image };
    } catch (error) {
      const { message, statusCode } = error as Error & { statusCode?: number };
      // If an image cannot be pulled, some engines only report that they do not find it.
      if (!this.created || statusCode === 404) {
        throw new Error(
          `the image is not here and could not be pulled: ${message.trim()}. Try "docker pull ${image}", or name another image: --pg docker:IMAGE`,
          { cause: error },
        );
      }
      const container = this.#engine.container.getById(name);
      throw (await this.#endOf(container).catch(() => undefined)) ?? error;
    } finally {
      pulling.abort();
    }
  }

  #describe(pulled: () => void): InstanceType<Testcontainers['GenericContainer']> {
    const { name, image, password, signal } = this.#options;
    const creating = (): void => {
      signal.throwIfAborted();
      pulled();
      this.created = true;
    };
    class Loopback extends this.#testcontainers.GenericContainer {
      // Testcontainers by itself would publish the port on every interface.
      protected override async beforeContainerCreated(): Promise<void> {
        creating();
        this.hostConfig.PortBindings = { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '0' }] };
      }
    }
    return (
      new Loopback(image)
        .withName(name)
        .withLabels(keeperLabels())
        // Do not start a second container (Ryuk) that watches this one, because the keeper and its guard do that.
        .withAutoCleanup(false)
        .withEnvironment({
          POSTGRES_USER: SUPERUSER,
          POSTGRES_DB: SUPERUSER,
          POSTGRES_PASSWORD: password,
        })
        .withExposedPorts(PORT)
        .withCommand(['postgres', ...argumentsOf({ ...SETTINGS, listen_addresses: '*' })])
        .withWaitStrategy(this.#ready())
    );
  }

  #ready(): WaitStrategy {
    const strategy: WaitStrategy = {
      waitUntilReady: (container, ports) => this.#waitUntilReady(container, ports.getBinding(PORT)),
      withStartupTimeout: () => strategy,
      isStartupTimeoutSet: () => true,
      getStartupTimeout: () => READY_TIMEOUT_MS,
    };
    return strategy;
  }

  /**
   * Waits by connecting, as users will. An open port proves nothing: the engine's own proxy accepts connections before
   * a server runs, and while the image creates its first database, it runs a server that listens on no port.
   */
  async #waitUntilReady(container: Container, port: number): Promise<void> {
    const { password, signal } = this.#options;
    const { Client } = await loadDriver();
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      signal.throwIfAborted();
      const client = new Client({
        host: '127.0.0.1',
        ssl: false,
        port,
        user: SUPERUSER,
        database: SUPERUSER,
        password,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      });
      client.on('error', () => undefined);
      const failure = await client.connect().then(
        () => undefined,
        (error: Error) => error,
      );
      await client.end().catch(() => undefined);
      if (failure === undefined) return;
      const end = await this.#endOf(container);
      if (end !== undefined) throw end;
      if (performance.now() > deadline) {
        throw new Error(
          `it accepted no connection within ${READY_TIMEOUT_MS} ms (${failure.message}). Its last messages: ${await lastMessages(container)}`,
        );
      }
      await delay(LOOK_MS);
    }
  }

  /** The error to report if the container has stopped by itself. */
  async #endOf(container: Container): Promise<Error | undefined> {
    const { State: state } = await container.inspect();
    if (state.Running || state.Status === 'created') return undefined;
    return new Error(
      `it ended with status ${state.ExitCode}: ${await lastMessages(container)}. Expected an image that starts like the official one: a program "postgres" with settings as arguments, POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB in its environment`,
    );
  }
}

async function lastMessages(container: Container): Promise<string> {
  const options = { stdout: true, stderr: true, follow: false, tail: LOG_LINES } as const;
  const frames = await container.logs(options).catch(() => Buffer.alloc(0));
  return textOf(frames).trim() || 'it said nothing';
}

/**
 * Decodes the engine's output. It comes in frames: eight bytes, of which the last four are the length of the text that
 * follows.
 */
function textOf(frames: Buffer): string {
  const texts: string[] = [];
  for (let at = 0; at + 8 <= frames.length;) {
    const length = frames.readUInt32BE(at + 4);
    texts.push(frames.toString('utf8', at + 8, at + 8 + length));
    at += 8 + length;
  }
  return texts.join('');
}
