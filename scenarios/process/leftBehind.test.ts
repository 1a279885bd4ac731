import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { endLeftBehind, MARK, takeLeftBehind } from './leftBehind.ts';

const SLEEP = 'setTimeout(() => {}, 60_000)';

it.runIf(process.platform === 'linux')(
  'ends and names what has left the process group of its ancestor, and nothing else',
  async () => {
    const env = { ...process.env, [MARK]: 'mark-1' };
    const start = (own: NodeJS.ProcessEnv): number =>
      spawn(process.execPath, ['-e', SLEEP], { detached: true, stdio: 'ignore', env: own }).pid ?? 0;
    const [left, leader, other] = [start(env), start(env), start({ ...env, [MARK]: 'mark-12' })];
    try {
      endLeftBehind('mark-1', leader);
      expect(takeLeftBehind()).toEqual([
        { pid: left, command: expect.stringContaining(SLEEP) as string, ended: true },
      ]);
      while (existsSync(`/proc/${left}/fd/0`)) await sleep(5);
      expect([leader, other].map((pid) => existsSync(`/proc/${pid}/fd/0`))).toEqual([true, true]);
      expect(takeLeftBehind()).toEqual([]);
    } finally {
      for (const pid of [leader, other]) process.kill(pid, 'SIGKILL');
    }
  },
);
