/** What this alone proves: text of an adapter steers no terminal and commands no runner, and our own styles survive. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outgoing, printable } from './printable.ts';

const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const BOLD = ['\u001b[1m', '\u001b[22m'] as const;

/** Text in which what matters is frequent. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '::',
        ':',
        '#',
        '##',
        '[',
        'vso',
        'TeamCity',
        '\n',
        '\r',
        '\t',
        ' ',
        '\u00a0',
        '\u3000',
      ),
      fc.constantFrom(
        '\u001b[31m',
        '\u001b]0;t\u0007',
        '\u009b',
        '\u202e',
        '\u2028',
        '\ud800',
        '\u{e0041}',
        '%0A',
      ),
      fc.string({ maxLength: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** What runners look for, as their sources have it. */
function isObeyed(line: string): boolean {
  return line.trim().startsWith('::') || /##(\[|vso\[|teamcity\[)/i.test(line);
}

describe('what leaves', () => {
  it.each([
    ['::error::x', '\\u003a:error::x'],
    ['a\n \t\u00a0::error::x', 'a\n \t\u00a0\\u003a:error::x'],
    ['a\r::error::x', 'a\\u000d::error::x'],
    ['##[error]x ###[group]', '\\u0023#[error]x #\\u0023#[group]'],
    ['x ##vso[task.setvariable]', 'x \\u0023#vso[task.setvariable]'],
    ['##TeamCity[x]', '\\u0023#TeamCity[x]'],
    ['a::b c ## d #[e]', 'a::b c ## d #[e]'],
    ['\u001b[31mred\u0007\u0008', '\\u001b[31mred\\u0007\\u0008'],
    ['\u{e0041}\u00ad\ufe0f', '\\udb40\\udc41\\u00ad\\ufe0f'],
    ['é 日本 👍 ✓', 'é 日本 👍 ✓'],
  ])('%j as %j', (text, shown) => {
    expect(outgoing(text, false)).toBe(shown);
  });

  it('never steers, never commands, and stays the same once it is safe', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = outgoing(text, false);
        expect(shown).not.toMatch(STEERING);
        expect(shown.split('\n').filter(isObeyed)).toEqual([]);
        expect(outgoing(shown, false)).toBe(shown);
      }),
    );
  });

  it('keeps our styles, around text that is safe by itself', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const line = `${BOLD[0]}${printable(text)}${BOLD[1]}`;
        const shown = outgoing(line, true);
        expect(shown.startsWith(BOLD[0]) && shown.endsWith(BOLD[1])).toBe(true);
        expect(shown.slice(BOLD[0].length, -BOLD[1].length)).toBe(outgoing(printable(text), false));
        expect(outgoing(line, false)).not.toMatch(STEERING);
      }),
    );
  });

  it('is no command behind a style either, and no code but a style passes', () => {
    expect(outgoing(' \u001b[1m ::error', true)).toBe(' \u001b[1m \\u003a:error');
    expect(outgoing('\u001b[2K\u001b]8;;x\u0007\u001b[1;31m', true)).toBe(
      '\\u001b[2K\\u001b]8;;x\\u0007\\u001b[1;31m',
    );
  });

  it('is the same JSON', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const value = { [text]: [text] };
        expect(JSON.parse(outgoing(JSON.stringify(value, undefined, 2), false))).toEqual(value);
      }),
    );
  });
});
