/** Pages from disk in Chromium, where there is one. */
import { existsSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
/** Machines that run tests are busy; only a page that never answers is a failure. */
export const PATIENCE_MS = 100_000;
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Undefined, with a warning, where no Chromium was found. */
export async function launchChromium(): Promise<Browser | undefined> {
  if (CHROMIUM !== undefined) return chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  console.warn('SKIPPED: no Chromium was found, so no page was opened in a browser.');
  return undefined;
}

/** One page for all tests of a file, one after the other: each new page is a new process. */
const pages = new WeakMap<Browser, Page>();

/** Opens a page from disk; `problems` collects what it says, its errors, and requests beyond the file itself. */
export async function openPage(
  browser: Browser,
  path: string,
  html: string,
  { reducedMotion = null }: Pick<BrowserContextOptions, 'reducedMotion'> = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = pages.get(browser) ?? (await browser.newPage());
  pages.set(browser, page);
  // As new, whatever the last test did with it.
  page.removeAllListeners();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: null, reducedMotion });
  const file = pathToFileURL(path).href;
  writeFileSync(path, html);
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== file) problems.push(request.url());
  });
  await page.goto(file);
  return { page, problems };
}

/** Waits until what was asked for is drawn: plots follow the size of the window a frame later. */
export async function frames(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}
