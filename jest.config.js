import { readFileSync } from 'node:fs';

// The same user is user 0 in a sandbox host that he made: what he is outside tells him apart (user_namespaces(7)).
const [, user] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/);

const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }];
const shared = {
  testEnvironment: 'node',
  // Jest's own place is /tmp/jest_0 for everybody who is user 0 somewhere.
  cacheDirectory: `<rootDir>/node_modules/.cache/jest-${user}`,
  globalSetup: '<rootDir>/test/support/before-all.ts',
  globalTeardown: '<rootDir>/test/support/after-all.ts',
  // Its wrappers around what test files share call each other without end (jest 30).
  testEnvironmentOptions: { globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': swc },
};

export default {
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    { ...shared, displayName: 'host', testMatch: ['<rootDir>/test/host/**/*.test.ts'] },
  ],
};
