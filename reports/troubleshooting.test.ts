/** What this alone proves: every message that docs/troubleshooting.md quotes can still come from the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['adapters', 'scenarios', 'suites', 'reports', 'scripts'];

/** Shorter parts occur anywhere, and would show nothing. */
const SHORTEST = 6;

it('troubleshooting quotes messages as the code has them', () => {
  const quoted = quotedMessages(readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8'));
  expect(quoted.length).toBeGreaterThan(25);
  const code = sourceText();
  expect(quoted.filter((message) => !partsOf(message).every((part) => code.includes(part)))).toEqual([]);
});

/** Those in the first column of a table. */
function quotedMessages(page: string): string[] {
  const cells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message));
}

/** What the code writes in one piece: between values, and before and after a colon, where it joins texts. */
function partsOf(message: string): string[] {
  return message
    .split(/…|"|: |\d+/)
    .map((part) => part.replaceAll(/^[ .,;]+|[ .,;]+$/g, ''))
    .filter((part) => part.length >= SHORTEST);
}

function sourceText(): string {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const text = files.map((name) => readFileSync(join(ROOT, name), 'utf8')).join('\n');
  return text.replaceAll(/['`]\s*\+\s*['`]/g, '');
}
