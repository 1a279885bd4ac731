import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    // The tests inside the examples are their authors': they show failures.
    include: ['{adapters,scenarios,suites,reports,scripts}/**/*.test.ts', 'examples/*.test.ts'],
    // Tests start real processes and databases; the default of 5 s is for pure functions.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each clause under way leases its own processes.
    maxConcurrency: 3,
  },
});
export default config;
