import type { ComponentChildren } from 'preact';

interface ScrollProps {
  readonly label: string;
  readonly class?: string;
  readonly children?: ComponentChildren;
  /** Our own SVG instead of children. */
  readonly svg?: string;
}

/** A part that may scroll by itself. Keys reach it, and a screen reader says what it is (WCAG 2.2, 2.1.1). */
export function Scroll({ label, class: name, children, svg }: ScrollProps) {
  const common = { class: name, role: 'group', tabIndex: 0, 'aria-label': label } as const;
  if (svg !== undefined) return <div {...common} dangerouslySetInnerHTML={{ __html: svg }} />;
  return <pre {...common}>{children}</pre>;
}
