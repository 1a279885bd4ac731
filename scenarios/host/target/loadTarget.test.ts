import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LoadedTarget } from '../process/commands.ts';
import { hasCode } from '../../lockstepError.ts';
import type { TargetFailure } from '../process/failure.ts';
import { startHost, type Host } from '../process/host.ts';
import { eventually, liveChildren } from '../testing/children.ts';

/** Everything is loaded in hosts, for loaders are registered there. One of them never sees TypeScript. */
let typescript: Host;
let javascript: Host;
let folder: string;

beforeAll(async () => {
  [typescript, javascript] = await Promise.all([startHost(), startHost()]);
});
afterAll(async () => {
  await Promise.all([typescript.close(), javascript.close()]);
  expect(await eventually(() => liveChildren() === 0)).toBe(true);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-load-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): { readonly spec: string; readonly url: string } {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { spec: `./${name}`, url: pathToFileURL(path).href };
}

async function load(name: string, text: string): Promise<LoadedTarget> {
  const host = name.endsWith('ts') ? typescript : javascript;
  return host.load(write(name, text));
}

async function failureOf(name: string, text: string): Promise<TargetFailure> {
  const error: unknown = await load(name, text).catch((error: unknown) => error);
  if (!hasCode(error, 'TARGET_FAILED')) throw new Error(`Expected TARGET_FAILED, got ${String(error)}`);
  expect(error.details.stage).toBe('load');
  return error.details;
}

describe('a target module', () => {
  const TYPED = `
    interface Options { readonly namespace: string }
    export default { name: 'typed', version: '2.0.0', open: (options: Options) => ({ close: async () => {} }) };
  `;

  it.each(['it.ts', 'it.mts'])('may be TypeScript in a folder without package.json: %s', async (name) => {
    expect(await load(name, TYPED)).toMatchObject({
      name: 'typed',
      version: '2.0.0',
      capabilities: { crossInstance: false },
      codec: [],
      provided: {},
    });
  });

  it('may be TypeScript that is CommonJS', async () => {
    const text = `const target = { name: 'common', open: (options: object) => options };\nmodule.exports = target;`;
    expect(await load('it.cts', text)).toMatchObject({ name: 'common' });
  });

  it('may import another TypeScript file, in an ESM package', async () => {
    write('package.json', '{ "type": "module" }');
    write('named.ts', `export const name: string = 'split';`);
    const text = `import { name } from './named.ts';\nexport default { name, open: () => ({}) };`;
    expect(await load('it.ts', text)).toMatchObject({ name: 'split' });
  });

  it.each(['it.mjs', 'it.cjs'])('may be JavaScript: %s', async (name) => {
    const start = name.endsWith('.mjs') ? 'export default' : 'module.exports =';
    expect(await load(name, `${start} { name: 'plain', open: () => ({}) };`)).toMatchObject({
      name: 'plain',
    });
  });

  it.each(['it.ts', 'it.mts', 'it.cts', 'it.mjs', 'it.cjs'])(
    'may import lockstep where it is not installed: %s',
    async (name) => {
      const names = /cjs/.test(name)
        ? "const { defineTarget } = require('lockstep'); exports.default ="
        : "import { defineTarget } from 'lockstep'; export default";
      const text = `${names} defineTarget({ name: 'uninstalled', open: () => ({}) as never });`;
      const plain = text.replace(' as never', '');
      expect(await load(name, name.endsWith('ts') ? text : plain)).toMatchObject({ name: 'uninstalled' });
    },
  );

  it.each(['it.ts', 'it.mjs', 'it.cjs'])(
    'may import the bridge where lockstep is not installed: %s',
    async (name) => {
      const names = /cjs/.test(name)
        ? "const { bridgeTarget } = require('lockstep/bridge'); exports.default ="
        : "import { bridgeTarget } from 'lockstep/bridge'; export default";
      const text = `${names} bridgeTarget({ name: 'bridged', open: () => ({ streams: new Map() }) });`;
      expect(await load(name, text)).toMatchObject({ name: 'bridged' });
    },
  );

  it('may carry its default export one level deeper', async () => {
    const text = `Object.defineProperty(exports, '__esModule', { value: true });\nexports.default = { name: 'inner', open() {} };`;
    expect(await load('it.cjs', text)).toMatchObject({ name: 'inner' });
  });
});

describe('a module that is none', () => {
  it('does not exist', async () => {
    const missing = { spec: './none.ts', url: pathToFileURL(join(folder, 'none.ts')).href };
    await expect(javascript.load(missing)).rejects.toMatchObject({ details: { kind: 'not-found' } });
  });

  it.each(['it.ts', 'it.mts', 'it.cts'])('does not compile, and says where: %s', async (name) => {
    const { kind, message } = await failureOf(name, 'const ok = 1;\nexport default {{\n');
    expect(kind).toBe('does-not-compile');
    expect(message).toMatch(new RegExp(`${name.replace('.', '\\.')}:2:\\d+`));
  });

  it('does not parse as JavaScript, and says where', async () => {
    const { kind, message } = await failureOf('it.mjs', 'const ok = 1;\nexport default {{\n');
    expect(kind).toBe('does-not-compile');
    expect(message).toMatch(/it\.mjs:2/);
  });

  it('throws while it is imported', async () => {
    const { kind, message, caught } = await failureOf('it.ts', `\nthrow new RangeError('too early');`);
    expect(kind).toBe('import-failed');
    expect(message).toMatch(/it\.ts:2/);
    expect(caught).toMatchObject({ name: 'RangeError', message: 'too early' });
  });

  it.each(['import "./missing.ts";', 'import "no-such-package";'])(
    'imports what is not there: %s',
    async (text) => {
      expect(await failureOf('it.mts', text)).toMatchObject({ kind: 'import-failed' });
    },
  );

  it.each(['export const name = 1;', ''])('has no default export: %j', async (text) => {
    expect(await failureOf('it.mts', text)).toMatchObject({ kind: 'no-default-export' });
  });

  it.each(['{}', '1', 'null', '{ name: "x", open: 1 }', '{ name: "x", open() {}, extra: 1 }'])(
    'has another default export: %s',
    async (text) => {
      expect(await failureOf('it.mts', `export default ${text};`)).toMatchObject({ kind: 'invalid-target' });
    },
  );
});
