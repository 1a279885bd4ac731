/** The files of the chart library, read once from the installed package. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface ChartLibrary {
  readonly script: string;
  readonly style: string;
  /** The licence, which must accompany every copy of the code. */
  readonly license: string;
}

let library: ChartLibrary | undefined;

export function chartLibrary(): ChartLibrary {
  if (library !== undefined) return library;
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string): string =>
    readFileSync(resolve(`uplot/${file}`), 'utf8').replaceAll('\r\n', '\n');
  library = {
    script: read('dist/uPlot.iife.min.js'),
    style: read('dist/uPlot.min.css'),
    license: read('LICENSE'),
  };
  return library;
}
