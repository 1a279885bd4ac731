/** Waits, within a bound, for promises of an adapter that may never settle. */

/** The outcome of an adapter's promise within its bound. */
export type Bounded<T> =
  | { readonly status: 'value'; readonly value: T }
  | { readonly status: 'error'; readonly error: unknown }
  | { readonly status: 'hung' };

/** Waits for `call`, at most `boundMs`. Never rejects. If `call` settles later, that is ignored. */
export async function bounded<T>(call: () => T | Promise<T>, boundMs: number): Promise<Bounded<T>> {
  let timer: NodeJS.Timeout | undefined;
  const settled = (async (): Promise<Bounded<T>> => {
    try {
      return { status: 'value', value: await call() };
    } catch (error) {
      return { status: 'error', error };
    }
  })();
  const late = new Promise<Bounded<T>>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'hung' }), boundMs);
  });
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after one turn of the event loop, when everything that was ready has run. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
