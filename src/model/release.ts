/** The version in package.json; a test compares them. */
export const release = '0.1.0';
