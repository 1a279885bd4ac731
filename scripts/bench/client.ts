/**
 * Measures what autocannon's public interface costs, and how its open loop reports a stall, compared with lockstep's
 * use of its client. The results are the figures of docs/measuring.md. The server is a bare node:http server in a
 * process of its own. Clients take turns.
 *
 * `npm run build && node dist/scripts/bench/client.js [ROUNDS [SECONDS]]`
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon, { type Request } from 'autocannon';
import { Connection, type HttpRequest } from '../../scenarios/load/driver/connection.ts';
import { runClock } from '../../scenarios/load/service/journal.ts';

const [rounds = '2', seconds = '3'] = process.argv.slice(2);
const CONNECTIONS = 64;
const DURATION_MS = Number(seconds) * 1000;
const TOKEN = '0'.repeat(32);
/** The load of the stall test. */
const STALL = { ratePerSecond: 1000, durationS: 10, afterMs: 4000, stallMs: 1000 };

interface Server {
  readonly port: number;
  readonly process: ChildProcess;
}

/** Sends until the time is up. Resolves with the number of answered requests. */
type Client = (server: Server) => Promise<number>;

let sent = 0;
function nextRequest(): HttpRequest {
  sent += 1;
  return {
    method: 'POST',
    path: `/api/streams/stream-${sent % 1000}/settle`,
    headers: { 'idempotency-key': `k${sent}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sent }),
  };
}

const ours: Client = async ({ port }) => {
  const now = runClock(process.hrtime.bigint());
  let answered = 0;
  const send = async (): Promise<void> => {
    const connection = new Connection({ port, token: TOKEN, timeoutMs: 10_000, now });
    for (const until = performance.now() + DURATION_MS; performance.now() < until; answered += 1)
      await connection.send(nextRequest());
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  return answered;
};

function requestOf(onResponse: () => void): Request {
  const { headers, ...request } = nextRequest();
  return { ...request, headers: { ...headers, authorization: `Bearer ${TOKEN}` }, onResponse };
}

/** This client cannot wait between an answer and the next request. */
const publicKeptAlive: Client = async ({ port }) => {
  let answered = 0;
  const next = (): Request => requestOf(() => (answered += 1));
  await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    duration: DURATION_MS / 1000,
    requests: [next()],
    setupClient: (client) => {
      client.setRequests([next()]);
      client.on('response', () => client.setRequests([next()]));
    },
  });
  return answered;
};

/** This client can wait, because each request has an instance and a connection of its own. */
const publicOneByOne: Client = async ({ port }) => {
  let answered = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const onResponse = (): void => {
        answered += 1;
        resolve();
      };
      autocannon(
        {
          url: `http://127.0.0.1:${port}`,
          connections: 1,
          amount: 1,
          sampleInt: 50,
          requests: [requestOf(onResponse)],
        },
        (error: unknown) => (error instanceof Error ? reject(error) : resolve()),
      );
    });
  const send = async (): Promise<void> => {
    for (const until = performance.now() + DURATION_MS; performance.now() < until;) await one();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  return answered;
};

async function withServer<T>(run: (server: Server) => Promise<T>): Promise<T> {
  const entry = fileURLToPath(new URL('service/bareServer.js', import.meta.url));
  const child = spawn(process.execPath, [entry], { stdio: ['pipe', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('error', reject);
  });
  try {
    return await run({ port, process: child });
  } finally {
    child.stdin.end();
  }
}

async function measure(name: string, client: Client): Promise<void> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const answered = await withServer(client);
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = Math.round((answered * 1000) / (performance.now() - from));
  console.log(
    `${name.padEnd(30)} ${perSecond} requests/s, ${Math.round((user + system) / answered)} µs of CPU each`,
  );
}

/** autocannon's own open loop, while the server stops for a second. */
async function stall(ignoreCoordinatedOmission: boolean): Promise<void> {
  const { ratePerSecond, durationS, afterMs, stallMs } = STALL;
  const result = await withServer(async ({ port, process: server }) => {
    const running = autocannon({
      url: `http://127.0.0.1:${port}`,
      connections: CONNECTIONS,
      duration: durationS,
      overallRate: ratePerSecond,
      ignoreCoordinatedOmission,
    });
    await sleep(afterMs);
    server.kill('SIGSTOP');
    await sleep(stallMs);
    server.kill('SIGCONT');
    return await running;
  });
  const { p50, p99, max } = result.latency;
  console.log(
    `rate mode${ignoreCoordinatedOmission ? ', not corrected' : ', corrected'}: p50 ${p50} ms, p99 ${p99} ms, max ${max} ms`,
  );
}

console.log(
  `${CONNECTIONS} connections, load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
for (let round = 0; round < Number(rounds); round += 1) {
  await measure('ours', ours);
  await measure('public, kept alive', publicKeptAlive);
  await measure('public, an instance each', publicOneByOne);
}
await stall(false);
await stall(true);
