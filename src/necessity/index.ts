export { assemble } from './assemble.ts';
export { experiment, HostEnded } from './hosts.ts';
export { necessityMarkdown } from './markdown.ts';
export { necessitySvg } from './svg.ts';
export { necessityText } from './text.ts';
