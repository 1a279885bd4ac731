/** Describes the machine of a run for the result. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { RunEnvironment } from '../model.ts';

export function machineEnvironment(): RunEnvironment {
  return {
    node: process.version,
    os: `${type()} ${release()} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
  };
}
