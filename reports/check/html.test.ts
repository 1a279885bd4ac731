/** The page of `lockstep check --html`, as text and in Chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkHistory } from '../../suites/checker/checkHistory.ts';
import { kvModel, type KvInput } from '../../suites/checker/models/kv.ts';
import type { Operation } from '../../suites/checker/operation.ts';
import { frames, launchChromium, openPage, PATIENCE_MS } from '../testing/browser.ts';
import { drawHtml } from '../document/html/draw.ts';
import { checkDocument } from './document.ts';
import type { CheckedFile } from './model.ts';

const HOSTILE = '</script><img src=x onerror="document.title=\'owned\'">\u202e&amp;\u0000';

type Draft = readonly [client: number, f: KvInput['f'], value: string, call: number, end: number | undefined];

function checked(name: string, keys: Readonly<Record<string, readonly Draft[]>>): CheckedFile {
  const history = {
    model: kvModel,
    ignored: 0,
    keys: Object.entries(keys).map(([key, drafts]) => ({
      key,
      initial: '',
      operations: drafts.map(([client, f, value, call, end], id): Operation<KvInput> => ({
        id,
        client,
        call,
        return: end ?? Infinity,
        optional: end === undefined,
        input: { f, value },
      })),
    })),
  };
  const result = checkHistory(history, {
    timeoutMs: 60_000,
    explainMs: 60_000,
    memoryBytes: 2 ** 30,
    clock: () => performance.now(),
  });
  return { name, result };
}

const GOOD: readonly Draft[] = [
  [0, 'put', 'one', 0, 40],
  [1, 'get', 'one', 20, 50],
  [0, 'append', ' more', 60, undefined],
  [1, 'get', 'one', 70, 80],
];
const BAD: readonly Draft[] = [
  [0, 'put', HOSTILE, 0, 10],
  [1, 'get', HOSTILE, 20, 30],
  [2, 'put', 'new', 32, 40],
  [1, 'get', HOSTILE, 50, 60],
  [0, 'get', 'new', 200, 210],
];

const hostile = (): CheckedFile => checked(`${HOSTILE}.jsonl`, { fine: GOOD, [HOSTILE]: BAD });
const fine = (): CheckedFile => checked('fine.jsonl', { a: GOOD, b: GOOD });

const render = (...files: readonly CheckedFile[]): string =>
  drawHtml(checkDocument({ files, lockstepVersion: '1.2.3' }));

/** By 16 clients, each value read once after it was put. */
function large(count: number): CheckedFile {
  const drafts = Array.from({ length: count }, (_, id): Draft => {
    const call = 1e15 + id * 1000;
    return [id % 16, id % 2 === 0 ? 'put' : 'get', String(id >> 1), call, call + (id % 2 === 0 ? 900 : 5000)];
  });
  // A put waits for the reads of the one before.
  return checked('large.jsonl', {
    k: drafts.map(([c, f, v, call], id) => [c, f, v, call, call + 900 + (id % 7)]),
  });
}

describe('the page as text', () => {
  it('has one verdict, and no address to fetch from', () => {
    for (const text of [render(fine()), render(hostile()), render(fine(), hostile())]) {
      expect(text.match(/<h1>/g)).toHaveLength(1);
      expect(text).not.toMatch(/(src|href)="(?!#)/);
      expect(text).toContain('default-src &#39;none&#39;');
    }
    expect(render(fine())).toContain('<h1>fine.jsonl is linearizable</h1>');
    expect(render(fine(), hostile())).toContain('2 histories: 1 not linearizable, 1 linearizable');
  });

  it('escapes whatever a history says', () => {
    const text = render(hostile());
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u0000');
    expect(text).not.toContain('\u202e');
    expect(text.match(/<\/script>/g)).toHaveLength(3);
  });
});

describe('the page in Chromium', () => {
  let browser: Browser | undefined;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lockstep-timeline-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip('no Chromium');
  });

  async function open(...files: readonly CheckedFile[]): ReturnType<typeof openPage> {
    const path = join(dir, 'timeline.html');
    const opened = await openPage(browser as Browser, path, render(...files), { reducedMotion: 'reduce' });
    await frames(opened.page);
    return opened;
  }

  /** What is drawn, after all that was asked for is. */
  async function drawn(page: Page): Promise<string> {
    await frames(page);
    return page.evaluate(`document.querySelector('.stage canvas').toDataURL()`);
  }

  it('opens without an error, a request or an overflow, wide and narrow, light and dark', async () => {
    const { page, problems } = await open(hostile(), fine());
    const light = await drawn(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await drawn(page)).not.toBe(light);
    const overflows: number[] = [];
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 900 });
      await frames(page);
      overflows.push(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      );
    }
    expect({ problems, overflows }).toEqual({ problems: [], overflows: [0, 0] });
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('img').count()).toBe(0);
  });

  it('begins with the core of an illegal key, and tells an operation by pointer', async () => {
    const { page } = await open(hostile());
    const tip = page.locator('.tip');
    expect(await page.locator('[data-part=key] option:checked').innerText()).toMatch(/^✗ "<\/script>/);
    expect(await page.locator('[data-part=headline]').innerText()).toContain('are enough to show it');
    expect(await page.locator('[data-part=only-core]').isChecked()).toBe(true);
    const box = await page.locator('.stage canvas').boundingBox();
    if (box === null) throw new Error('expected a canvas');
    // The last lane is that of the put, after its first half.
    let told = '';
    for (let x = 110; x < box.width && !told.includes('client\n2'); x += 20) {
      await page.mouse.move(box.x + x, box.y + box.height - 28);
      if (await tip.isVisible()) told = await tip.innerText();
    }
    expect(told).toContain('put "new"');
    expect(told).toContain('in the longest order that works');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height + 60);
    expect(await tip.isVisible()).toBe(false);
  });

  it('tells arguments, times and the reason by keyboard', async () => {
    const { page } = await open(hostile());
    const stage = page.locator('.stage');
    await page.locator('[data-part=only-core]').uncheck();
    await stage.press('p');
    await stage.press('p');
    const told = await page.locator('.tip').innerText();
    expect(told).toContain('get → ');
    expect(told).toMatch(/called\s+50/);
    expect(told).toMatch(/returned\s+60/);
    expect(told).toMatch(/why not\s+it read .*, and the value is "new"/);
    expect(told).toMatch(/in full\s+.*<\/script><img/);
    await stage.press('p');
    expect(await page.locator('.tip').innerText()).toContain('put "new"');
    await stage.press('Escape');
    expect(await page.locator('.tip').isVisible()).toBe(false);
  });

  it('says why an operation is in no order', async () => {
    const { page } = await open(fine());
    await page.locator('.stage').press('n');
    expect(await page.locator('.tip').innerText()).toMatch(
      /number 1 in the order that explains every answer/,
    );
    await page.locator('.stage').press('n');
    await page.locator('.stage').press('n');
    const told = await page.locator('.tip').innerText();
    expect(told).toContain('unknown: it took effect at any time after its call, or never');
  });

  it('zooms and moves by wheel, drag, buttons and keys, and finds back', async () => {
    const { page, problems } = await open(hostile());
    const whole = await drawn(page);
    const seen = new Set([whole]);
    const stage = page.locator('.stage');
    const canvas = page.locator('.stage canvas');
    const moves: (() => Promise<void>)[] = [
      () => stage.press('+'),
      () => page.locator('button[data-key="+"]').click(),
      () => stage.press('ArrowRight'),
      async () => {
        await canvas.hover();
        await page.mouse.wheel(0, -240);
        await page.mouse.move(0, 0);
      },
      async () => {
        await canvas.hover();
        await page.mouse.down();
        await page.mouse.move(500, 600, { steps: 3 });
        await page.mouse.up();
        await page.mouse.move(0, 0);
      },
    ];
    for (const [index, move] of moves.entries()) {
      await move();
      // The wheel's event may come a little later.
      await expect
        .poll(async () => seen.has(await drawn(page)), { timeout: PATIENCE_MS, message: `move ${index}` })
        .toBe(false);
      seen.add(await drawn(page));
    }
    await stage.press('0');
    expect(await drawn(page)).toBe(whole);
    await page.locator('[data-part=even]').uncheck();
    expect(seen).not.toContain(await drawn(page));
    expect(problems).toEqual([]);
  });

  it('shows the core within the whole', async () => {
    const { page } = await open(hostile());
    await page.locator('[data-part=only-core]').uncheck();
    const whole = await drawn(page);
    await page.getByRole('button', { name: 'show the core' }).click();
    const core = await drawn(page);
    expect(core).not.toBe(whole);
    expect(await page.locator('[data-part=status]').innerText()).toContain('5 operations of 3 clients');
  });

  it('picks a file and finds a key', async () => {
    const { page, problems } = await open(fine(), hostile());
    const key = page.locator('[data-part=key]');
    expect(await page.locator('[data-part=file] option:checked').innerText()).toMatch(/^✗/);
    await page.selectOption('[data-part=file]', { index: 0 });
    expect(await key.locator('option').count()).toBe(2);
    expect(await page.getByRole('button', { name: 'show the core' }).isVisible()).toBe(false);
    await page.locator('[data-part=filter]').fill('B"');
    expect(await key.locator('option').allInnerTexts()).toEqual(['✓ "b" (4 operations)']);
    await page.locator('[data-part=filter]').fill('nothing');
    expect(await page.locator('.stage').isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });

  it('draws 10,000 operations, and a part of them when it is zoomed', async () => {
    const file = large(10_000);
    expect(file.result).toMatchObject({ verdict: 'ok', operations: 10_000 });
    const { page, problems } = await open(file);
    const pictures: string[] = await page.evaluate(`(async () => {
      const stage = document.querySelector('.stage'), pictures = [];
      for (const key of ['', '+', '+', '+', '+']) {
        if (key !== '') stage.dispatchEvent(new KeyboardEvent('keydown', { key }));
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        pictures.push(stage.querySelector('canvas').toDataURL());
      }
      return pictures;
    })()`);
    expect(new Set(pictures).size).toBe(5);
    expect(problems).toEqual([]);
  });
});

it('tells what is wrong without scripts', () => {
  const text = render(hostile());
  const plain = text.slice(text.indexOf('<noscript>'), text.indexOf('</noscript>'));
  expect(plain).toContain('cannot be next');
});
