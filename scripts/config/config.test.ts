import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certifyCommand } from '../commands/certify.ts';
import { loadCommand } from '../commands/load.ts';
import type { CommandContext } from '../context.ts';
import { Folder } from '../testing/packed.ts';
import { applyConfig, settingsOf } from './apply.ts';
import { configFile } from './file.ts';
import type { CertifyConfig, LoadConfig } from './index.ts';

/** Everything that the types allow. */
const CERTIFY: Required<CertifyConfig> = {
  level: 'process',
  only: ['LOCK', 'CUR-03'],
  runs: 7,
  seed: 3,
  processes: 4,
  budget: '2m',
  timeout: 90,
  inProcess: true,
  baseline: 'known.json',
  proof: 'mutants.json',
  strict: true,
  timings: true,
  shrink: false,
  out: 'results',
  allowFaultsOnServer: true,
  reporter: ['terminal', 'github'],
};
const LOAD: Required<Omit<LoadConfig, 'operations'>> = {
  mix: 'hot-stream',
  processes: 3,
  drivers: 2,
  connections: 16,
  duration: '20s',
  rate: 'auto',
  warmup: 1,
  fault: ['kill-holder'],
  strikes: 2,
  timeout: '5m',
  seed: 3,
  out: 'results',
  allowFaultsOnServer: false,
  threshold: ['effect.p99<50ms', 'effects/s>200'],
  history: 'history',
  reporter: ['terminal'],
};

/** The command as it is after `line`, with what the file says. */
async function commandAfter(line: string, config: object | string, type = 'commonjs'): Promise<Command> {
  using folder = new Folder();
  const text = typeof config === 'string' ? config : `export default ${JSON.stringify(config)};`;
  writeFileSync(join(folder.path, 'lockstep.config.ts'), text);
  writeFileSync(join(folder.path, 'package.json'), JSON.stringify({ type }));
  const [name = '', ...args] = line.split(' ');
  const program = new Command('lockstep').exitOverride();
  const context = {} as CommandContext;
  for (const build of [certifyCommand, loadCommand]) program.addCommand(build(context).action(() => {}));
  let command: Command | undefined;
  program.hook('preAction', async (_, called) => {
    await applyConfig(called, folder.path, configFile(folder.path) ?? '');
    command = called;
  });
  await program.parseAsync([name, ...args], { from: 'user' });
  return command as Command;
}

describe('lockstep.config.ts', () => {
  it('gives certify its targets and every option, parsed as the command line parses them', async () => {
    const command = await commandAfter('certify', { target: './a.ts', pg: 'docker', certify: CERTIFY });
    expect(command.processedArgs[0]).toEqual(['./a.ts']);
    expect(command.opts()).toMatchObject({ ...CERTIFY, budget: 120, pg: 'docker' });
  });

  it.each(['commonjs', 'module'])('is read whatever modules the project has: %s', async (type) => {
    const command = await commandAfter('certify', { target: './a.ts' }, type);
    expect(command.processedArgs[0]).toEqual(['./a.ts']);
  });

  it('gives load its own', async () => {
    const command = await commandAfter('load', { target: ['./a.ts', 'memory'], load: LOAD });
    expect(command.processedArgs[0]).toEqual(['./a.ts', 'memory']);
    expect(command.opts()).toMatchObject({ ...LOAD, duration: 20, timeout: 300 });
  });

  it('knows every setting that its types name, and no other', () => {
    const context = {} as CommandContext;
    expect(settingsOf(certifyCommand(context)).sort()).toEqual(Object.keys(CERTIFY).sort());
    expect(settingsOf(loadCommand(context)).sort()).toEqual([...Object.keys(LOAD), 'operations'].sort());
  });

  it('gives way to the command line', async () => {
    const config = { target: './a.ts', certify: CERTIFY, load: LOAD, pg: 'docker' };
    const certify = await commandAfter('certify memory --runs 9 --pg embedded', config);
    expect(certify.processedArgs[0]).toEqual(['memory']);
    expect(certify.opts()).toMatchObject({ runs: 9, seed: 3, pg: 'embedded' });
    const load = await commandAfter('load memory --operations 10', config);
    expect(load.opts()).toMatchObject({ operations: 10, seed: 3 });
    expect(load.opts()).not.toHaveProperty('duration');
    expect(load.opts()).not.toHaveProperty('fault');
  });

  it.each([
    [{ targets: './a.ts' }, 'there is no setting targets. Expected target, pg, certify, load.'],
    [{ load: { mixes: 1 } }, /there is no setting load\.mixes\. Expected mix, processes, .*reporter\.$/],
    [{ certify: { pg: 'docker' } }, /there is no setting certify\.pg\./],
    [{ certify: { runs: 'many' } }, 'certify.runs: Expected a whole number from 1 to 1000000.'],
    [{ certify: { strict: 1 } }, 'certify.strict: expected true or false, got a number.'],
    [{ certify: { only: [null] } }, 'certify.only: expected a text or a number, got null.'],
    [{ certify: [] }, 'certify: expected an object of settings, got a list.'],
    [{ load: { mix: 'none' } }, /load\.mix: Allowed choices are /],
    [{ load: { duration: 1, operations: 1 } }, 'load: expected duration or operations, got both.'],
    [
      { pg: 'mysql://user:secret@host' },
      /pg: expected "embedded", .*, but it is none of them\. The value is not/,
    ],
    [{ target: [1] }, 'target: expected the path of a module or a list of them, got a number.'],
    ['export const target = 1;', /expected a default export like defineConfig.*, got nothing\./],
    ['export default {', /it could not be imported: /],
  ])('%j is refused in one message', async (config, message) => {
    const failing = commandAfter('certify memory', config);
    await expect(failing).rejects.toMatchObject({ code: 'USAGE' });
    await expect(failing).rejects.toThrow(/^lockstep\.config\.ts: /);
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.not.toThrow(/secret/);
  });
});
