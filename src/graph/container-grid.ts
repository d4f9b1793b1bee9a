import { type Box, bottom, type Point, right } from './geometry.ts';
import {
  chipHeight,
  chipWidth,
  header,
  laneGap,
  rowHeight,
  titleHeight,
  widestRow,
} from './measures.ts';
import { type Detail, type PictureRow, placeRows, rowKey } from './picture-rows.ts';
import type { ContainerView } from './view.ts';

/** Containers in lines and columns, with lanes at the right of a column for the cables that lead down past others. */
export interface ContainerGrid {
  readonly containers: readonly ContainerView[];
  readonly detail: Detail;
  /** Whether ports are written on, or are marks alone. */
  readonly portNames: boolean;
  readonly lines: number;
  /** What is written in each container. */
  readonly texts: readonly (readonly PictureRow[])[];
  /** By column. */
  readonly columnWidths: readonly number[];
  /** By column: how many cables lead down at its right, and how far the next column is. */
  readonly lanes: readonly number[];
  readonly gutters: readonly number[];
  readonly boxHeight: number;
  readonly width: number;
  readonly height: number;
}

export const boxGap = 28;
const rowGap = 44;

/** Up to three containers are drawn in full, up to ten with what matters most, and more by name and address. */
function detailFor(containers: number): Detail {
  if (containers <= 3) return 'full';
  return containers <= 10 ? 'medium' : 'compact';
}

function columnsFor(containers: number): number {
  const most = containers <= 10 ? 5 : containers <= 36 ? 6 : 10;
  const rows = Math.max(1, Math.ceil(containers / most));
  return Math.max(1, Math.ceil(containers / rows));
}

/** @param chipRoom the width that an end needs where the names of ports are shown, by its id. */
export function gridOf(
  containers: readonly ContainerView[],
  chipRoom: (id: string) => number,
): ContainerGrid {
  const count = containers.length;
  const detail = detailFor(count);
  const columns = columnsFor(count);
  const lines = Math.ceil(count / columns);
  const portNames = lines <= 1;
  const texts = containers.map((one) => placeRows(one, detail, portNames));
  const chips = containers.map(({ ends }) =>
    Math.max(0, ...ends.map(({ device }) => (portNames ? chipRoom(device.id) : chipWidth(device)))),
  );
  const least = detail === 'compact' ? 130 : 170;
  const columnWidths = Array.from({ length: columns }, (_, column) =>
    Math.max(
      least,
      ...containers.flatMap(({ ends }, at) =>
        at % columns === column
          ? [widestRow(texts[at] ?? []) + 28, ends.length * ((chips[at] ?? 0) + 12) + 12]
          : [],
      ),
    ),
  );
  const bodyRows = Math.max(0, ...texts.map((one) => one.length - 1));
  const boxHeight = titleHeight + bodyRows * rowHeight + 22;
  const lanes = Array.from({ length: columns }, (_, column) =>
    containers
      .filter((__, at) => at % columns === column && Math.floor(at / columns) < lines - 1)
      .reduce((sum, { ends }) => sum + ends.length, 0),
  );
  const gutters = lanes.map((count) => (count === 0 ? boxGap : 24 + count * laneGap));
  const lastGutter = (lanes.at(-1) ?? 0) > 0 ? (gutters.at(-1) ?? 0) : 0;
  const widths = [...columnWidths, ...gutters.slice(0, -1), lastGutter];
  return {
    ...{ containers, detail, portNames, lines, texts, columnWidths, lanes, gutters, boxHeight },
    width: count === 0 ? 0 : widths.reduce((sum, one) => sum + one, 0),
    height: count === 0 ? 0 : lines * boxHeight + (lines - 1) * rowGap,
  };
}

/** The way of a cable from a container's end down, past the lines of containers below it. */
interface PlacedEnd {
  /** Its id. */
  readonly end: string;
  readonly way: readonly Point[];
}

/** Gives every container, and what is in it, its place. @param left where the first column begins. */
export function placeContainers(
  grid: ContainerGrid,
  left: number,
  { boxes, rows }: { readonly boxes: Map<string, Box>; readonly rows: Map<string, Point> },
): readonly PlacedEnd[] {
  const { containers, lines, texts, columnWidths, lanes, gutters, boxHeight } = grid;
  const columns = columnWidths.length;
  const placed: PlacedEnd[] = [];
  const columnX = gutters.map((_, column) =>
    gutters.slice(0, column).reduce((x, gutter, at) => x + (columnWidths[at] ?? 0) + gutter, left),
  );
  const used = columnX.map(() => 0);
  containers.forEach(({ place, ends }, at) => {
    const column = at % columns;
    const line = Math.floor(at / columns);
    const box: Box = {
      x: columnX[column] ?? left,
      y: header + line * (boxHeight + rowGap),
      width: columnWidths[column] ?? 0,
      height: boxHeight,
    };
    boxes.set(place.id, box);
    (texts[at] ?? []).forEach(({ key }, index) => {
      const y = index === 0 ? box.y + 23 : box.y + titleHeight + index * rowHeight - 2;
      rows.set(rowKey(place.id, key), { x: box.x + 14, y });
    });
    const share = box.width / Math.max(1, ends.length);
    ends.forEach(({ device }, index) => {
      const width = chipWidth(device);
      const x = box.x + share * (index + 0.5);
      boxes.set(device.id, {
        x: x - width / 2,
        y: bottom(box) - chipHeight / 2,
        width,
        height: chipHeight,
      });
      const start = { x, y: bottom(box) + chipHeight / 2 };
      if (line === lines - 1) {
        placed.push({ end: device.id, way: [start] });
        return;
      }
      // The uppermost container's way is the outermost, so that no two cross.
      const lane = (lanes[column] ?? 0) - 1 - (used[column] ?? 0);
      used[column] = (used[column] ?? 0) + 1;
      const laneX = right(box) + 16 + lane * laneGap;
      const jog = start.y + 4 + (ends.length - 1 - index) * 5;
      placed.push({ end: device.id, way: [start, { x, y: jog }, { x: laneX, y: jog }] });
    });
  });
  return placed;
}
