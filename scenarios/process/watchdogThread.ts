/** The watchdog's thread, see parent.ts. A process whose parent ended belongs to another one: its ppid changes. */
import { workerData } from 'node:worker_threads';

const POLL_MS = 200;

const { parent, grace } = workerData as { readonly parent: number; readonly grace: Int32Array };
const timer = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(timer);
  setTimeout(killGroup, Atomics.load(grace, 0));
}, POLL_MS);

function killGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}
