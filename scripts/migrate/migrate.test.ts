/**
 * docs/migration.md is run from its own blocks, on one server, while an application writes; what the page shows is what the
 * command prints. And how the command refuses what it cannot do.
 *
 * Where the command prints something else now, LOCKSTEP_WRITE_DOCS=1 puts that into the page.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeOf, type StorageAdapter } from '../../adapters/contract/index.ts';
import { createMemoryAdapter } from '../../adapters/memory/index.ts';
import { createMigratingAdapter } from '../../adapters/migration/index.ts';
import { stream } from '../../adapters/migration/testing/streams.ts';
import { POSTGRES_SCHEMA } from '../../adapters/postgres/index.ts';
import { startEmbedded, type EmbeddedServer } from '../../adapters/provision/local/embedded.ts';
import { migrateReportSchema } from '../../reports/schema/migrate.ts';
import { main } from '../main.ts';
import { distUrl } from '../paths.ts';

const PAGE = fileURLToPath(new URL('../../docs/migration.md', import.meta.url));

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/**
 * What differs from run to run is left out: numbers, times, ids, and where lines were broken for them; and a write of the
 * application that is under way, whose copy is owed until it is answered.
 */
function shape(text: string): string {
  return text
    .replaceAll(/^\? streams "during-\d+" is owed$/gm, '')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/[\d.,]+ (µs|ms|s|min|h)\b/g, 'N s')
    .replaceAll(/\b[\d.,]*\d\b/g, 'N')
    .replaceAll(/\w+:N\b/g, 'OWNER')
    .replaceAll(/(ID[^|]*?N\s+N\s+\S+\s*)+/g, 'INSTANCES ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

let dir: string;
let server: EmbeddedServer;
let client: pg.Client;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-migrate-'));
  server = await startEmbedded();
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

interface Said {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

async function lockstep(...args: readonly string[]): Promise<Said> {
  const said = { out: '', error: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((said.out += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said.error += String(text))));
  const status = await main(args, process);
  vi.restoreAllMocks();
  return { status, ...said };
}

/** What stands in the blocks, as modules that find lockstep here. */
async function moduleOf<T>(text: string): Promise<T> {
  const name = /^\/\/ (\S+\.mjs)$/m.exec(text)?.[1] ?? 'block.mjs';
  const here = text
    .replaceAll("'lockstep/migration'", `'${distUrl('adapters/migration/index.js')}'`)
    .replaceAll("'lockstep/adapters/postgres'", `'${distUrl('adapters/postgres/index.js')}'`)
    .replaceAll("'pg'", `'${import.meta.resolve('pg')}'`);
  const path = join(dir, name);
  writeFileSync(path, here);
  return (await import(pathToFileURL(path).href)) as T;
}

/** Ctrl-C as soon as the command listens for it: the next command goes on where this one was. */
async function stopAtOnce(command: readonly string[]): Promise<void> {
  const press = (event: string | symbol): void => {
    if (event !== 'SIGINT') return;
    process.off('newListener', press);
    setImmediate(() => process.emit('SIGINT'));
  };
  process.on('newListener', press);
  const { status, out, error } = await lockstep(...command, '--step', 'bridged');
  expect({ status, error, out }).toEqual({
    status: 3,
    error: expect.stringMatching(/Stopping within ten seconds/),
    out: expect.stringMatching(/stopped in bridged; nothing is lost, run the same command to continue/),
  });
}

/** An application that goes on whatever happens to its storage, and knows what it was told. */
class Application {
  readonly #instances: readonly StorageAdapter[];
  readonly #accepted: string[] = [];
  #isOver = false;
  #running: Promise<void> | undefined;
  readonly failed: unknown[] = [];

  constructor(instances: readonly StorageAdapter[]) {
    this.#instances = instances;
  }

  start(): void {
    this.#running = (async () => {
      for (let count = 0; !this.#isOver;) {
        const id = `during-${count}`;
        const [first, second] = count % 2 === 0 ? this.#instances : this.#instances.toReversed();
        try {
          await first?.streamRepository?.streams?.create(stream(id));
          this.#accepted.push(id);
          count += 1;
          await second?.streamRepository?.streams?.get(id);
        } catch (error) {
          // Nothing happened, and it is tried again, as while neither side decides for long.
          if (codeOf(error) !== 'UNAVAILABLE') this.failed.push(error);
        }
        await sleep(100);
      }
    })();
  }

  /** What was accepted, in its order. */
  async stop(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#running;
    for (const instance of this.#instances) await instance.close();
    return this.#accepted.toSorted();
  }
}

it('docs/migration.md does what it says, and shows what the commands print', async () => {
  let page = readFileSync(PAGE, 'utf8');
  const blocks = blocksOf(page);
  vi.stubEnv('LOCKSTEP_PG', server.url);
  await client.query(`CREATE SCHEMA app; SET search_path TO app; ${POSTGRES_SCHEMA}; RESET search_path`);
  const storage = await moduleOf<{
    readonly createTables: (url: string) => Promise<void>;
    readonly openStorage: (url: string) => Promise<StorageAdapter>;
  }>(blocks.find(({ text }) => text.includes('// storage.mjs'))?.text ?? '');
  await storage.createTables(server.url);
  const instances = [await storage.openStorage(server.url), await storage.openStorage(server.url)];
  for (const [index, instance] of instances.entries())
    await instance.streamRepository?.streams?.create(stream(`before-${index}`));
  const application = new Application(instances);
  application.start();

  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== 'sh' || !text.startsWith('npx lockstep migrate')) continue;
    let printed = '';
    for (const line of text.trim().split('\n')) {
      const { status, out, error } = await lockstep(...line.split(' ').slice(2));
      // The refusal that the page shows, and nothing else.
      if (status !== (line.includes('--instances 3') ? 4 : 0)) throw new Error(`${line}: ${out}${error}`);
      printed = out;
      if (status === 4) await stopAtOnce(line.split(' ').slice(2, 7));
    }
    const shown = blocks[index + 1];
    if (shown?.language !== 'text') continue;
    if (process.env['LOCKSTEP_WRITE_DOCS'] === '1')
      page = page.replace(
        `${text}\`\`\`\n\n\`\`\`text\n${shown.text}`,
        () => `${text}\`\`\`\n\n\`\`\`text\n${printed}`,
      );
    else expect(shape(printed)).toBe(shape(shown.text));
  }
  if (process.env['LOCKSTEP_WRITE_DOCS'] === '1') writeFileSync(PAGE, page);

  const accepted = await application.stop();
  expect(application.failed).toEqual([]);
  const { rows } = await client.query('SELECT id FROM app_next.streams WHERE id LIKE $1 ORDER BY id', [
    'during-%',
  ]);
  expect(rows.map(({ id }: { readonly id: string }) => id).toSorted()).toEqual(accepted);
});

it('the block for the inside of an application takes a move to its end', async () => {
  const block =
    blocksOf(readFileSync(PAGE, 'utf8')).find(({ text }) => text.includes('// move.mjs'))?.text ?? '';
  const { move } = await moduleOf<{ readonly move: (adapter: StorageAdapter) => Promise<string> }>(block);
  const old = createMemoryAdapter({ namespace: 'inside_old', clock: Date.now });
  const other = createMemoryAdapter({ namespace: 'inside_new', clock: Date.now });
  await using adapter = createMigratingAdapter({ old, new: other, follow: true });
  await adapter.streamRepository?.streams?.create(stream('s1'));
  expect(await move(adapter)).toBe('the new side decides');
  expect(await other.streamRepository?.streams?.get('s1')).toMatchObject({ id: 's1' });
});

describe('lockstep migrate refuses', () => {
  const names = ['--namespace', 'nowhere,no_tables'];
  it.each([
    [
      'a storage of another process',
      ['memory', 'postgres', ...names],
      2,
      /memory lives in the process that opened it.*createOperator of lockstep\/migration/,
    ],
    [
      'no server',
      ['postgres', 'postgres-lease', ...names, '--pg', 'embedded'],
      2,
      /no server was named.*--pg or LOCKSTEP_PG/,
    ],
    [
      'one storage by its names',
      ['postgres', 'postgres', '--namespace', 'a'],
      2,
      /Expected two storages, got postgres with the namespace a twice/,
    ],
    [
      'a schema without tables',
      ['postgres', 'postgres-lease', ...names],
      2,
      /migrations are missing: 001_.*Nothing was changed/,
    ],
    [
      'no namespace',
      ['postgres', 'postgres-lease'],
      2,
      /--namespace: expected the application's names for its storages/,
    ],
    [
      'a name that is none',
      ['postgres', 'postgres', '--namespace', 'a,b,c'],
      2,
      /Expected one name, or two as OLD,NEW/,
    ],
    [
      'an unknown step',
      ['postgres', 'postgres-lease', ...names, '--step', 'jump'],
      2,
      /Allowed choices are schema, begin/,
    ],
    [
      'two things at once',
      ['postgres', 'postgres-lease', ...names, '--plan', '--finish'],
      2,
      /cannot be used with option/,
    ],
    ['--now alone', ['postgres', 'postgres-lease', ...names, '--now'], 2, /--now: expected --finish with it/],
  ] as const)('%s', async (_, args, expected, says) => {
    vi.stubEnv('LOCKSTEP_PG', server.url);
    const { status, out, error } = await lockstep('migrate', ...args);
    expect([status, out]).toEqual([expected, '']);
    expect(error).toMatch(says);
  });

  it('a target that is its own source by another way, as JSON', async () => {
    vi.stubEnv('LOCKSTEP_PG', server.url);
    await client.query(
      `CREATE SCHEMA alone; SET search_path TO alone; ${POSTGRES_SCHEMA}; RESET search_path`,
    );
    const { status, out } = await lockstep(
      'migrate',
      'postgres',
      'postgres-lease',
      '--namespace',
      'alone',
      '--step',
      'schema',
      '--json',
    );
    const report = migrateReportSchema.parse(JSON.parse(out));
    expect(status).toBe(4);
    expect(report.taken.at(-1)).toMatchObject({ step: 'schema', outcome: 'refused' });
    expect(report.taken[0]?.gates.filter(({ passed }) => !passed)).toEqual([
      expect.objectContaining({ gate: 'empty', says: expect.stringMatching(/both are one storage/) }),
    ]);
    expect(report).toMatchObject({ exitStatus: 4, state: { lastDone: null, next: 'schema' } });
    expect((await client.query('SELECT token FROM alone.idempotency_keys')).rows).toEqual([]);
  });
});
