/** What this alone proves: a new author gets through `lockstep init` with the package as it is published. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distUrl } from './paths.ts';
import { STARTER_FILES } from './starterFiles.ts';
import { Folder, install, pack, run, type Ran } from './testing/packed.ts';

const command = fileURLToPath(distUrl('scripts/lockstep.js'));
const init = (cwd: string, ...args: string[]): Promise<Ran> =>
  run(process.execPath, [command, 'init', ...args], cwd);

describe('lockstep init', () => {
  it('makes the folder that it is told, and says what to do next', async () => {
    using folder = new Folder();
    const { status, output } = await init(folder.path, 'a/b');
    expect(status).toBe(0);
    for (const { to } of STARTER_FILES) expect(existsSync(join(folder.path, 'a/b', to))).toBe(true);
    expect(output).toContain('wrote a/b/adapter.ts');
    expect(output).toContain('  cd a/b\n');
  });

  it('overwrites nothing, and then writes nothing', async () => {
    using folder = new Folder();
    const test = join(folder.path, 'certify.test.ts');
    writeFileSync(test, 'mine');
    const { status, output } = await init(folder.path);
    expect(status).toBe(2);
    expect(output).toContain(`${folder.path} has certify.test.ts.`);
    expect(readFileSync(test, 'utf8')).toBe('mine');
    expect(readdirSync(folder.path)).toEqual(['certify.test.ts']);
  });

  it('names a folder that cannot be made', async () => {
    using folder = new Folder();
    writeFileSync(join(folder.path, 'file'), '');
    const { status, output } = await init(folder.path, 'file/inner');
    expect(status).toBe(2);
    expect(output).toMatch(
      /^lockstep: .*: expected a folder to write the starter to, got .*\. Name another one\.$/m,
    );
  });
});

describe('the starter, in a project of its own', () => {
  let folder: Folder;
  let project: string;
  beforeAll(async () => {
    folder = new Folder();
    project = join(folder.path, 'project');
    mkdirSync(project);
    // As `npm init -y` writes it: the starter must not depend on the kind of modules.
    writeFileSync(join(project, 'package.json'), '{ "name": "project", "type": "commonjs" }');
    await install(await pack(folder.path), project);
    await init(project);
  });
  afterAll(() => folder[Symbol.dispose]());

  it('fails by the bug that its comment tells of, and by nothing else', async () => {
    await run(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '-t',
        'IDEM|LIFE',
        '--reporter=json',
        '--outputFile=out.json',
      ],
      project,
    );
    const { testResults } = JSON.parse(readFileSync(join(project, 'out.json'), 'utf8')) as {
      testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[];
    };
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = tests.filter(({ status }) => status === 'failed');
    expect(failed.map(({ title }) => title.split(' ')[0])).toEqual(['IDEM-01', 'IDEM-02']);
    expect(tests.filter(({ status }) => status === 'passed').length).toBeGreaterThan(5);
    expect(failed[0]?.failureMessages[0]).toMatch(
      /repeat: +npx lockstep certify \.\/target\.ts --only IDEM-01 --seed 1 --path \d/,
    );
  });

  it('holds after the cure of its comment', async () => {
    const path = join(project, 'adapter.ts');
    const cure = 'const existing = records.get(record.token);';
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(`//   ${cure}`);
    writeFileSync(path, text.replace('const existing = await idempotencyStore.get(record.token);', cure));
    const args = ['node_modules/lockstep/dist/scripts/lockstep.js', 'certify', './target.ts', '--runs', '10'];
    const { output, status } = await run(process.execPath, [...args, '--seed', '1'], project);
    expect(output).toContain('Everything that counted held');
    expect(output).toContain('process level');
    expect(status).toBe(0);
  });
});
