/** The instrument's own test: what a driver does on a schedule, and that a stall of the server shows in p99. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../evidence/model/history.ts';
import type { DriveCommand } from '../run/control.ts';
import { startDrive, type Drive } from './drive.ts';
import { runClock } from '../service/journal.ts';
import { histogram, percentilesOf } from '../measuring/latency.ts';

const RATE = 1000;
const REQUESTS = 1200;
const STALL_MS = 300;
const NS_PER_MS = 1e6;
const ANSWER = JSON.stringify({
  stream: { id: 's', status: 'ended', revision: 4, releasedAmount: '9', withdrawnAmount: '0' },
});

const epoch = process.hrtime.bigint();
const now = runClock(epoch);
let server: Server;
let folder: string;
/** Answers that are held back; undefined: none are. */
let held: (() => void)[] | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-drive-'));
  held = undefined;
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = (): void => void response.end(ANSWER);
      if (held === undefined) answer();
      else held.push(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function drive(changes: Partial<DriveCommand>): Drive {
  const command: DriveCommand = {
    do: 'drive',
    driver: 0,
    drivers: 1,
    services: [{ service: 1, port: (server.address() as AddressInfo).port, token: 'secret' }],
    mix: 'uniform',
    workload: 'balance',
    seed: 1,
    operations: REQUESTS,
    share: null,
    streams: REQUESTS,
    durationMs: null,
    connections: 8,
    rate: null,
    isStepped: false,
    timeoutMs: 10_000,
    repeatMs: 0,
    revives: false,
    epoch: String(epoch),
    history: join(folder, 'history-1.jsonl'),
    ids: null,
    ...changes,
  };
  return startDrive(command, () => {});
}

function history(): HistoryEntry[] {
  const lines = readFileSync(join(folder, 'history-1.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.slice(1, -1).map((line) => JSON.parse(line) as HistoryEntry);
}

describe('a driver on a schedule', () => {
  it('shows a stall of the server from when each request was due', async () => {
    const driving = drive({ rate: RATE, share: REQUESTS });
    await sleep((1000 * REQUESTS) / RATE / 2);
    held = [];
    const from = now();
    await sleep(STALL_MS);
    const to = now();
    for (const answer of held.splice(0)) answer();
    held = undefined;
    const { pacing } = await driving.done;
    expect(pacing).toEqual({ due: REQUESTS, sent: REQUESTS });

    const measured = histogram();
    const truth = histogram();
    for (const { intended = NaN, return: returned } of history()) {
      measured.recordValue(((returned ?? NaN) - intended) / 1000);
      // At least: those that waited have to be answered, too.
      truth.recordValue(intended >= from && intended < to ? (to - intended) / 1000 : 1);
    }
    const { p99, max } = percentilesOf(measured);
    expect(p99).toBeGreaterThanOrEqual(0.9 * (percentilesOf(truth).p99 ?? NaN));
    expect(max).toBeGreaterThanOrEqual((0.9 * (to - from)) / 1000);
    expect(to - from).toBeGreaterThanOrEqual(0.9 * STALL_MS * NS_PER_MS);
  });

  it('begins as a closed loop and takes on one rate after the other, when it is stepped', async () => {
    const driving = drive({ isStepped: true });
    const answers = async (more: number): Promise<void> => {
      for (const before = driving.pace(null).answered; driving.pace(null).answered < before + more;)
        await sleep(5);
    };
    await answers(5);
    expect(driving.pace(null).pacing).toEqual({ due: 0, sent: 0 });
    const closed = driving.pace(100);
    const from = now();
    await answers(10);
    const { pacing, answered } = driving.pace(200);
    await answers(5);
    driving.stop();
    const report = await driving.done;
    expect(closed.answered).toBeGreaterThan(0);
    expect(answered).toBeGreaterThanOrEqual(closed.answered + 10);
    expect(pacing.due).toBeGreaterThan(0);
    const entries = history();
    expect(entries.length).toBe(report.operations);
    const paced = entries.filter(({ intended }) => intended !== undefined);
    expect(paced.length).toBe(report.lag.sent);
    expect(paced.every(({ call, intended = 0 }) => intended >= from - NS_PER_MS && call >= intended)).toBe(
      true,
    );
    expect(entries.length).toBeGreaterThan(paced.length);
  });
});
