// Files in a folder of the namespace: the one lock here that is shared between processes.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { lockTarget, releasing } from './lock.mjs';

const folder = join(tmpdir(), 'lockstep-proper-lockfile');

export default lockTarget(
  'proper-lockfile',
  '4.1.2',
  (key) => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, createHash('sha256').update(key).digest('hex'));
    const options = { realpath: false, retries: { retries: 1000, minTimeout: 2, maxTimeout: 20 } };
    return (callback) => releasing(() => lockfile.lock(path, options), callback);
  },
  { crossInstance: true },
);
