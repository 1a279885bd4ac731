import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['{adapters,scenarios,suites,reports,scripts}/**/*.test.ts'],
    // Tests start real processes and databases; the default of 5 s is for pure functions.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Each clause under way leases its own processes.
    maxConcurrency: 3,
  },
});
export default config;
