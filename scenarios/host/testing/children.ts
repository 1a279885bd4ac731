/** What a test must not leave behind. */

/** How many child processes of this process are alive. */
export function liveChildren(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
}

/** Waits until `condition` holds, at most `boundMs`; resolves to whether it does. */
export async function eventually(condition: () => boolean, boundMs = 10_000): Promise<boolean> {
  const end = performance.now() + boundMs;
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  return condition();
}
