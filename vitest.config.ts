import { dirname, relative, resolve } from 'node:path';
import { defineConfig, type Plugin, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Whole certifications and loads come first: started last, one of them would run alone at the end. Files of one project follow
 * one another, as the workers that they share end with the first file of another.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** Where vitest has not run before, it knows no durations, and starts the largest file first: these are small. */
const LONGEST = /\/scripts\/(certify\/certify|mutants\/mutants)\.test\.ts$/;
const WHOLE = /\/(scripts\/([a-z]+\/)?|examples\/)[^/]+\.test\.ts$/;

function rank({ moduleId, project }: TestSpecification): number {
  if (LONGEST.test(moduleId)) return 0;
  if (project.name === APART) return 1;
  return WHOLE.test(moduleId) ? 2 : 3;
}

/**
 * What tests of whole commands import from the rooms is taken as it was built. To compile it takes longer than most of them, and
 * a runner that imports a target takes its name apart.
 */
const asBuilt: Plugin = {
  name: 'as-built',
  enforce: 'pre',
  resolveId(source, importer = '') {
    const path = relative(import.meta.dirname, resolve(dirname(importer), source));
    const isOfCommands = OF_COMMANDS.test(relative(import.meta.dirname, importer));
    if (!source.startsWith('.') || !isOfCommands || !BUILT.test(path)) return undefined;
    return { id: resolve(import.meta.dirname, 'dist', path.replace(/ts$/, 'js')), external: true };
  },
};
const OF_COMMANDS = /^(scripts|examples)\//;
const BUILT = /^(adapters|scenarios|suites|reports|scripts)\/(?!.*\/?testing\/).*(?<!\.test)\.ts$/;

/** They load adapters that change what their process has of Node.js and of libraries. */
const APART = 'apart';
const IN_APART = ['scripts/{certify,mutants}/*.test.ts'];

const config: ViteUserConfig = defineConfig({
  plugins: [asBuilt],
  test: {
    // Half of what they do is waiting: of two cores one worker, the default, leaves one idle, and two leave gaps. More
    // would start too many processes and databases at once.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Compiled code is run as it is.
    server: { deps: { external: [/\/dist\//] } },
    // Tests start real processes and databases; the default of 5 s is for pure functions.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each clause under way leases its own processes.
    maxConcurrency: 4,
    projects: [
      { extends: true, test: { name: APART, include: IN_APART } },
      {
        extends: true,
        test: {
          name: 'together',
          // The tests inside the examples are their authors': they show failures.
          include: ['{adapters,scenarios,suites,reports,scripts}/**/*.test.ts', 'examples/*.test.ts'],
          exclude: IN_APART,
          // Files share what they import, which takes longer than most of the tests.
          isolate: false,
        },
      },
    ],
  },
});
export default config;
