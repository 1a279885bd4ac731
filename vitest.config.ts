import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole certifications and loads come first: started last, one of them would run alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(isWhole(b)) - Number(isWhole(a)));
  }
}

function isWhole({ moduleId }: TestSpecification): boolean {
  return /\/(scripts|examples)\/[^/]+\.test\.ts$/.test(moduleId);
}

const config: ViteUserConfig = defineConfig({
  test: {
    // The tests inside the examples are their authors': they show failures.
    include: ['{adapters,scenarios,suites,reports,scripts}/**/*.test.ts', 'examples/*.test.ts'],
    // Tests start real processes and databases; the default of 5 s is for pure functions.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each clause under way leases its own processes.
    maxConcurrency: 3,
    // Half of what they do is waiting: one worker on two cores, the default, leaves a core idle. More than two would
    // start too many processes and databases at once.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
export default config;
