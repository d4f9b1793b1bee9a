/** The formats of `ctr lab necessity`, besides JSON. */
export const necessityFormats = ['text', 'md', 'svg'] as const;
