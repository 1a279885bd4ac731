/** What this alone proves: a full disk and a link that somebody laid harm no file. */
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEvidence } from './evidence/evidenceStream.ts';
import { writeWhole } from './wholeFile.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-whole-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const NOT_WRITABLE = expect.objectContaining({ code: 'OUT_NOT_WRITABLE' }) as Error;

it('replaces a link, and leaves what it leads to', () => {
  writeFileSync(join(dir, 'theirs'), 'theirs');
  symlinkSync('theirs', join(dir, 'report.md'));
  writeWhole(join(dir, 'report.md'), 'ours');
  expect(readFileSync(join(dir, 'theirs'), 'utf8')).toBe('theirs');
  expect(readFileSync(join(dir, 'report.md'), 'utf8')).toBe('ours');
  expect(readdirSync(dir).toSorted()).toEqual(['report.md', 'theirs']);
});

it('tells of a place that cannot be written, and leaves nothing there', () => {
  mkdirSync(join(dir, 'folder', 'inner'), { recursive: true });
  for (const name of ['folder', 'nowhere/file', 'x'.repeat(300), 'a\0b'])
    expect(() => writeWhole(join(dir, name), 'text'), name).toThrow(NOT_WRITABLE);
  expect(readdirSync(dir)).toEqual(['folder']);
});

it('opens no file of evidence that is there, nor through a link', () => {
  writeFileSync(join(dir, 'theirs'), 'theirs');
  symlinkSync('theirs', join(dir, 'journal-1.jsonl'));
  for (const name of ['theirs', 'journal-1.jsonl'])
    expect(() => openEvidence(join(dir, name))).toThrow(
      expect.objectContaining({ code: 'EVIDENCE_UNWRITTEN' }),
    );
  expect(readFileSync(join(dir, 'theirs'), 'utf8')).toBe('theirs');
});

it.skipIf(process.platform === 'win32')(
  'leaves the old file whole, and evidence without its end, when there is no room',
  () => {
    writeFileSync(join(dir, 'result.json'), 'old');
    const url = (name: string): string =>
      JSON.stringify(new URL(`../dist/scenarios/${name}.js`, import.meta.url).href);
    const script = `
    const { writeWhole } = await import(${url('wholeFile')});
    const { openEvidence } = await import(${url('evidence/evidenceStream')});
    const codes = [];
    const tried = (act) => { try { act(); codes.push('done'); } catch (error) { codes.push(error.code); } };
    tried(() => writeWhole('result.json', 'x'.repeat(100_000)));
    const stream = openEvidence('journal-1.jsonl', { onUnwritten: (what) => codes.push(what) });
    for (let line = 0; line < 4; line += 1) tried(() => stream.add({ line, text: 'x'.repeat(900) }));
    tried(() => stream.close());
    console.log(JSON.stringify(codes));`;
    // A limit of the shell's children stands for a full disk: four blocks of 512 bytes.
    const { stdout, stderr } = spawnSync(
      '/bin/sh',
      ['-c', 'ulimit -f 4; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      { cwd: dir, encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([
      'OUT_NOT_WRITABLE',
      'done',
      'done',
      'journal-1.jsonl: a file larger than this process may write',
      'EVIDENCE_UNWRITTEN',
      'EVIDENCE_UNWRITTEN',
      'done',
    ]);
    expect(readFileSync(join(dir, 'result.json'), 'utf8')).toBe('old');
    expect(readFileSync(join(dir, 'journal-1.jsonl'), 'utf8')).not.toContain('"end"');
    expect(readdirSync(dir).toSorted()).toEqual(['journal-1.jsonl', 'result.json']);
  },
);
