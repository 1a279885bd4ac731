/** Pages from disk in Chromium, where there is one. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

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
