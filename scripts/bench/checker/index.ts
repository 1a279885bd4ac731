/**
 * Measures the time and memory of `lockstep check`: on balance workloads from files, as whole processes, and on the
 * public histories, next to the Go checker Porcupine if Go is installed. Build first: `node
 * dist/scripts/bench/checker/index.js [files|histories]`
 *
 * `LOCKSTEP_PORCUPINE=FOLDER` uses a checkout of Porcupine instead of the module proxy.
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
