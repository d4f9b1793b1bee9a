import { columnsOf } from '../render/columns.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of the texts: the name of the run, that of a place, what is said of it, and what is less important. */
const sizes = { heading: 18, title: 15, text: 12, small: 11 } as const;
export type Size = keyof typeof sizes;

/** The width of a text in a font whose characters are all as wide; the widest usual one has 0.61 em. */
export function textWidth(text: string, size: Size): number {
  return Math.ceil(columnsOf(text) * sizes[size] * 0.61);
}

export function right({ x, width }: Box): number {
  return x + width;
}

export function bottom({ y, height }: Box): number {
  return y + height;
}

export function middle({ x, width }: Box): number {
  return x + width / 2;
}
