const swc = ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }];
const shared = {
  testEnvironment: 'node',
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
