// Loaded with --import: writes the path of every file that the process loads, one a line, to the file in LOADED_FILES.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';

const hooks = `
  import { appendFileSync } from 'node:fs';
  import { fileURLToPath } from 'node:url';
  export function load(url, context, nextLoad) {
    if (url.startsWith('file:')) appendFileSync(process.env.LOADED_FILES, fileURLToPath(url) + '\\n');
    return nextLoad(url, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const { cache } = createRequire(import.meta.url);
process.on('exit', () => appendFileSync(process.env.LOADED_FILES, `${Object.keys(cache).join('\n')}\n`));
