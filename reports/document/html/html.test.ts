/** What this alone proves: the report is a page that a browser shows without an error, and that its reader can use. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../model.ts';
import { runDocument } from '../../run/document.ts';
import { frames, launchChromium, openPage } from '../../testing/browser.ts';
import {
  ALL_FIXTURES,
  everything,
  okLoad,
  passingCertification,
  violatedCertification,
} from '../../testing/fixtures.ts';
import { drawHtml } from './draw.ts';

function renderHtml(run: RunResult): string {
  return drawHtml(runDocument(run));
}

describe('the HTML text', () => {
  it.each(Object.entries(ALL_FIXTURES))('%s has one verdict and no address to fetch from', (_, fixture) => {
    const text = renderHtml(fixture());
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).not.toMatch(/(src|href)="(?!#)/);
    expect(text).not.toMatch(/url\((?!#)|@import/);
  });

  it('is the same for the same result', () => {
    expect(renderHtml(everything())).toBe(renderHtml(everything()));
  });

  it('escapes whatever an adapter says', () => {
    const text = renderHtml(violatedCertification());
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u0000');
    expect(text).not.toContain('\u202e');
    expect(text.match(/<\/script>/g)).toHaveLength(2);
  });

  it('leaves the chart library out when there is no load', () => {
    expect(renderHtml(okLoad())).toContain('The MIT License');
    expect(renderHtml(passingCertification())).not.toContain('The MIT License');
  });
});

describe('the HTML report in Chromium', () => {
  let browser: Browser | undefined;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'lockstep-html-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach((context) => {
    if (browser === undefined) context.skip('no Chromium');
  });

  function open(run: RunResult): ReturnType<typeof openPage> {
    return openPage(browser as Browser, join(dir, 'report.html'), renderHtml(run));
  }

  it.each(Object.entries(ALL_FIXTURES))(
    '%s opens without an error, a request or an overflow',
    async (_, fixture) => {
      const { page, problems } = await open(fixture());
      const overflows: number[] = [];
      for (const width of [1280, 400]) {
        await page.setViewportSize({ width, height: 900 });
        await frames(page);
        overflows.push(
          await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
        );
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      await frames(page);
      expect({ problems, overflows }).toEqual({ problems: [], overflows: [0, 0] });
    },
  );

  it('has its own colours in the dark', async () => {
    const { page } = await open(okLoad());
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background()).not.toBe(light);
  });

  it('draws the histories of streams that findings name, and says what is left out', async () => {
    const { page, problems } = await open(everything());
    await page.locator('#streams .stage').scrollIntoViewIfNeeded();
    expect(await page.locator('#streams [data-part=headline]').textContent()).toContain(
      'No order of its 2 operations explains their answers',
    );
    expect(await page.locator('#streams').textContent()).toContain('811 more streams named and not drawn');
    await page.locator('#streams .stage').press('x');
    await frames(page);
    expect(await page.locator('#streams .tip').textContent()).toContain('settle 7');
    expect(problems).toEqual([]);
    const fine = await open(okLoad());
    expect(await fine.page.locator('#streams').count()).toBe(0);
  });

  it('draws every plot', async () => {
    const { page } = await open(everything());
    const inks: number[] =
      await page.evaluate(`[...document.querySelectorAll('.plot canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let ink = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at] > 0) ink += 1;
      return ink;
    })`);
    // The strip below the percentiles holds the marks of its axis: more than one of them.
    const marks: number = await page.evaluate(`(() => {
      const canvas = document.querySelector('.plot canvas');
      const { data } = canvas.getContext('2d').getImageData(0, canvas.height - 28, canvas.width, 28);
      const inked = new Set();
      for (let at = 3; at < data.length; at += 4) if (data[at] > 0) inked.add(((at - 3) / 4) % canvas.width);
      return Math.max(...inked) - Math.min(...inked);
    })()`);
    expect(marks).toBeGreaterThan(200);
    expect(inks).toHaveLength(2);
    expect(Math.min(...inks)).toBeGreaterThan(2000);
  });

  it('shows another kind of request, and values by keyboard', async () => {
    const { page, problems } = await open(okLoad());
    const legend = (): Promise<string> => page.locator('.plot .u-legend').first().innerText();
    await page.locator('.plot').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const all = await legend();
    await page.selectOption('select[data-views="0"]', { label: 'refusal' });
    await page.locator('.plot').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(all).toMatch(/\d/);
    expect(await legend()).not.toBe(all);
    expect(problems).toEqual([]);
  });

  it('filters clauses by keyboard', async () => {
    const { page } = await open(violatedCertification());
    const shown = (): Promise<number> => page.locator('#clause-table tbody tr:visible').count();
    const all = await shown();
    await page.locator('#clause-filter').focus();
    await page.keyboard.type('lock-0');
    expect(await shown()).toBe(9);
    await page.locator('#clause-filter').fill('');
    expect(await shown()).toBe(all);
    await page.locator('input[value=ok]').focus();
    await page.keyboard.press('Space');
    const notOk = violatedCertification().certifications[0]?.clauses.filter(
      (clause) => clause.status !== 'ok',
    );
    expect(await shown()).toBe(notOk?.length);
    expect(await page.locator('#clause-count').innerText()).toContain(String(notOk?.length));
    await page.locator('#clause-filter').fill('nothing is called this');
    expect(await page.locator('.empty').isVisible()).toBe(true);
  });

  it('walks through a timeline by keyboard, and by pointer', async () => {
    const { page } = await open(violatedCertification());
    const figure = page.locator('figure.timeline').first();
    const told = figure.locator('.told');
    await figure.locator('.scroll').focus();
    await page.keyboard.press('ArrowDown');
    expect(await told.innerText()).toContain('enter s1');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowDown');
    expect(await told.innerText()).toContain('enter s2');
    expect(await figure.locator('g.event.current').count()).toBe(1);
    await figure.locator('g.event').last().hover();
    expect(await told.innerText()).toContain('leave');
  });

  it('marks the overlap and says the same in words', async () => {
    const { page } = await open(violatedCertification());
    const figure = page.locator('figure.timeline').first();
    expect(await figure.locator('rect.overlap').count()).toBe(1);
    await figure.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await figure.locator('ol.steps li').count()).toBe(11);
    expect(await figure.locator('details').innerText()).toContain('4.2 ms');
  });

  it('runs nothing that an adapter says', async () => {
    const { page, problems } = await open(violatedCertification());
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
    expect(problems).toEqual([]);
  });

  it('has headings in order, one of them the verdict, and names for all that can be focused', async () => {
    const { page } = await open(everything());
    const levels: number[] = await page.evaluate(
      `[...document.querySelectorAll('h1,h2,h3,h4')].map((heading) => Number(heading.tagName[1]))`,
    );
    expect(levels[0]).toBe(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const nameless: string[] = await page.evaluate(
      `[...document.querySelectorAll('[tabindex="0"]')].filter((one) => !one.getAttribute('aria-label')).map((one) => one.outerHTML)`,
    );
    expect(nameless).toEqual([]);
  });

  it('reads in full without the script', async () => {
    const context = await (browser as Browser).newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    writeFileSync(join(dir, 'plain.html'), renderHtml(everything()));
    await page.goto(pathToFileURL(join(dir, 'plain.html')).href);
    expect(await page.locator('#clause-table tbody tr:visible').count()).toBeGreaterThan(80);
    expect(await page.locator('figure.timeline svg').first().isVisible()).toBe(true);
    await context.close();
  });
});
