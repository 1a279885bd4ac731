/**
 * The process of one driver. Started by a run, told what to send over its channel.
 *
 * What it imports takes from the contract single modules: the whole would load a validator that it does not need.
 */
import { serveCommands } from '../run/channel.ts';
import type { DriverCommand } from '../run/control.ts';
import { startDrive, type Drive } from './drive.ts';

let drive: Drive | undefined;

serveCommands(async (command: DriverCommand, tell): Promise<unknown> => {
  switch (command.do) {
    case 'drive':
      drive = startDrive(command, tell);
      return await drive.done;
    case 'provide':
      drive?.provide(command.streams);
      return undefined;
    case 'pace':
      return drive?.pace(command.rate);
    case 'stop':
      drive?.stop();
      return undefined;
    default:
      throw new TypeError(`Unknown command: ${JSON.stringify(command satisfies never)}`);
  }
});

// Also if the run has ended and closed the channel, so that the records so far are kept.
process.once('exit', () => drive?.end());
process.once('SIGTERM', () => process.exit(0));
