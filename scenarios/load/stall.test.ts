/** The instrument's own test: a server that answers nobody for a while must show in p99, however few requests it kept waiting. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { HistoryEntry } from '../evidence.ts';
import { startDrive } from './drive.ts';
import { runClock } from './journal.ts';
import { histogram, percentilesOf } from './latency.ts';

const RATE = 1000;
const REQUESTS = 1200;
const STALL_MS = 300;
const NS_A_MS = 1e6;
const ANSWER = JSON.stringify({
  stream: { id: 's', status: 'ended', revision: 4, releasedAmount: '9', withdrawnAmount: '0' },
});

it('shows a stall of the server from when each request was due', async () => {
  const epoch = process.hrtime.bigint();
  const now = runClock(epoch);
  let held: (() => void)[] | undefined;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = (): void => void response.end(ANSWER);
      if (held === undefined) answer();
      else held.push(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-stall-'));
  try {
    const history = join(folder, 'history-1.jsonl');
    const { port } = server.address() as AddressInfo;
    const drive = startDrive(
      {
        do: 'drive',
        driver: 0,
        drivers: 1,
        services: [{ service: 1, port, token: 'secret' }],
        mix: 'uniform',
        workload: 'balance',
        seed: 1,
        operations: REQUESTS,
        share: REQUESTS,
        streams: REQUESTS,
        durationMs: null,
        connections: 8,
        rate: RATE,
        isStepped: false,
        timeoutMs: 10_000,
        repeatMs: 0,
        revives: false,
        epoch: String(epoch),
        history,
        ids: null,
      },
      () => {},
    );
    await sleep((1000 * REQUESTS) / RATE / 2);
    held = [];
    const from = now();
    await sleep(STALL_MS);
    const to = now();
    for (const answer of held.splice(0)) answer();
    held = undefined;
    const { pacing } = await drive.done;
    expect(pacing).toMatchObject({ due: REQUESTS, sent: REQUESTS });

    const measured = histogram();
    const truth = histogram();
    for (const line of readFileSync(history, 'utf8').trimEnd().split('\n').slice(1, -1)) {
      const { intended = NaN, return: returned } = JSON.parse(line) as HistoryEntry;
      measured.recordValue(((returned ?? NaN) - intended) / 1000);
      // At least: those that waited have to be answered, too.
      truth.recordValue(intended >= from && intended < to ? (to - intended) / 1000 : 1);
    }
    const { p99, max } = percentilesOf(measured);
    expect(p99).toBeGreaterThanOrEqual(0.9 * (percentilesOf(truth).p99 ?? NaN));
    expect(max).toBeGreaterThanOrEqual((0.9 * (to - from)) / 1000);
    expect(to - from).toBeGreaterThanOrEqual(0.9 * STALL_MS * NS_A_MS);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});
