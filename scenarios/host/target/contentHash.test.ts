import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentHash } from './contentHash.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-hash-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

const hashOf = (name = 'target.ts'): Promise<string | undefined> =>
  contentHash(pathToFileURL(join(dir, name)).href);

const ADAPTER = {
  'target.ts': `
    import { open } from './lib/open.js';
    import pg from 'pg';
    export default { name: 'mine', open, pool: pg.Pool };`,
  'lib/open.ts': `
    import text from '../table.json' with { type: 'json' };
    export const open = async () => { const lazy = await import('./lazy.cjs'); return [text, lazy]; };`,
  'lib/lazy.cjs': `module.exports = require('../addon.node');`,
  'table.json': `{ "a": 1 }`,
  'addon.node': '\u0000binary',
  'unused.ts': 'export {};',
};

describe('contentHash', () => {
  it('is the same wherever the module lies', async () => {
    write(ADAPTER);
    const first = await hashOf();
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    const elsewhere = join(dir, 'copies', 'of it');
    for (const name of Object.keys(ADAPTER)) {
      mkdirSync(dirname(join(elsewhere, name)), { recursive: true });
      cpSync(join(dir, name), join(elsewhere, name));
    }
    expect(await hashOf('copies/of it/target.ts')).toBe(first);
  });

  it.each(['target.ts', 'lib/open.ts', 'lib/lazy.cjs', 'table.json', 'addon.node'])(
    'changes with %s',
    async (name) => {
      write(ADAPTER);
      const before = await hashOf();
      write({ [name]: name === 'table.json' ? '{ "a": 2 }' : `${ADAPTER[name as keyof typeof ADAPTER]} ` });
      expect(await hashOf()).not.toBe(before);
    },
  );

  it('does not change with what is not imported', async () => {
    write(ADAPTER);
    const before = await hashOf();
    write({ 'unused.ts': 'export const changed = 1;', 'notes.txt': '' });
    expect(await hashOf()).toBe(before);
  });

  it('tells adapters of one module apart', async () => {
    write(ADAPTER);
    const url = pathToFileURL(join(dir, 'target.ts')).href;
    expect(await contentHash(`${url}?mutant=a`)).not.toBe(await contentHash(`${url}?mutant=b`));
  });

  it('is undefined when imports cannot be followed', async () => {
    write({ 'target.ts': `import './nowhere.js';` });
    expect(await hashOf()).toBeUndefined();
  });
});
