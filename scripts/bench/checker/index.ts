/**
 * How long `lockstep check` takes and how much memory it needs: balance workloads from files, as whole processes, and
 * the public histories next to the Go checker Porcupine, where Go is installed. Build first:
 * `node dist/scripts/bench/checker/index.js [files|histories]`
 *
 * `LOCKSTEP_PORCUPINE=FOLDER` takes Porcupine from a checkout instead of from the module proxy.
 */
import { loadavg } from 'node:os';
import { measureFiles } from './files.ts';
import { compareHistories } from './histories.ts';

const [part] = process.argv.slice(2);
console.log(
  `node ${process.version}, load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}\n`,
);
if (part !== 'histories') measureFiles();
if (part !== 'files') await compareHistories();
