/**
 * The style of the pictures. Its colours are variables, so that a page can set others. Text and lines have a contrast of
 * at least 4.5 and 3 to 1 to what is behind them (WCAG 2.2, 1.4.3 and 1.4.11).
 */
export const svgStyle = `
.ctr-graph {
  --paper: #ffffff; --ink: #1a2433; --dim: #55617a; --line: #7a869c; --place: #f6f8fb; --card: #ffffff;
  --host: #eef2f8; --world: #f3f7f2; --cable: #33415c; --up: #13793a; --warn: #a04a00; --off: #6b7280;
  --new: #13793a; --changed: #a04a00; --gone: #b4232f; --nat: #fff4d6; --nat-line: #94700a;
  --b0: #1d5fc4; --b1: #b4470a; --b2: #7a3fc0; --b3: #0d7a70; --b4: #b1246b; --b5: #5f6b12;
  --on-bridge: #ffffff;
}
@media (prefers-color-scheme: dark) {
  .ctr-graph {
    --paper: #11161f; --ink: #e7ecf5; --dim: #a3afc4; --line: #74819a; --place: #1a2230; --card: #11161f;
    --host: #171e2a; --world: #16211d; --cable: #c5d0e4; --up: #56d184; --warn: #ffb454; --off: #9aa5b8;
    --new: #56d184; --changed: #ffb454; --gone: #ff8f94; --nat: #33290c; --nat-line: #d9b24a;
    --b0: #8cb8ff; --b1: #ffab78; --b2: #cda8ff; --b3: #62d6c9; --b4: #ff9ccb; --b5: #cbd66a;
    --on-bridge: #11161f;
  }
}
.ctr-graph text {
  font: 12px ui-monospace, "DejaVu Sans Mono", "Noto Sans Mono", Menlo, Consolas, "Noto Sans CJK SC", monospace;
  fill: var(--ink); white-space: pre;
}
.ctr-graph .small { font-size: 11px; }
.ctr-graph .title { font-size: 15px; font-weight: 700; }
.ctr-graph .heading { font-size: 18px; font-weight: 700; }
.ctr-graph .dim { fill: var(--dim); }
.ctr-graph .middle { text-anchor: middle; }
.ctr-graph .end { text-anchor: end; }
.ctr-graph .strong { font-weight: 700; }
.ctr-graph .paper { fill: var(--paper); }
.ctr-graph .place { fill: var(--place); stroke: var(--line); stroke-width: 1.5; }
.ctr-graph .host { fill: var(--host); }
.ctr-graph .world { fill: var(--world); stroke-dasharray: none; }
.ctr-graph .card { fill: var(--card); stroke: var(--line); }
.ctr-graph .nat { fill: var(--nat); stroke: var(--nat-line); stroke-width: 1.5; }
.ctr-graph .chip { fill: var(--card); stroke: var(--cable); stroke-width: 1.5; }
.ctr-graph .cable, .ctr-graph .drop, .ctr-graph .trunk { fill: none; stroke: var(--cable); stroke-width: 2.5; stroke-linejoin: round; }
.ctr-graph .cable { stroke-width: 3.5; }
.ctr-graph .out { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round; }
.ctr-graph .closed { stroke-dasharray: 3 6; stroke: var(--off); }
.ctr-graph .up { fill: var(--up); }
.ctr-graph .down { fill: var(--off); }
.ctr-graph .no-carrier, .ctr-graph .lower-down { fill: var(--warn); }
.ctr-graph .plug { fill: var(--cable); }
.ctr-graph .on { fill: var(--on-bridge); }
${[0, 1, 2, 3, 4, 5]
  .map(
    (hue) =>
      `.ctr-graph .bar.b${hue}, .ctr-graph .plug.b${hue} { fill: var(--b${hue}); } .ctr-graph .drop.b${hue}, .ctr-graph .trunk.b${hue}, .ctr-graph .cable.b${hue}, .ctr-graph .chip.b${hue} { stroke: var(--b${hue}); }`,
  )
  .join('\n')}
.ctr-graph .is-new .place, .ctr-graph .is-new .chip, .ctr-graph .is-new .nat, .ctr-graph .is-new .bar { stroke: var(--new); stroke-width: 3; }
.ctr-graph .is-changed .place, .ctr-graph .is-changed .chip, .ctr-graph .is-changed .nat, .ctr-graph .is-changed .bar { stroke: var(--changed); stroke-width: 3; }
.ctr-graph .is-gone .place, .ctr-graph .is-gone .chip, .ctr-graph .is-gone .nat, .ctr-graph .is-gone .bar { stroke: var(--gone); stroke-width: 2; stroke-dasharray: 5 4; }
.ctr-graph .is-gone .bar { fill: none; }
.ctr-graph .is-gone .on { fill: var(--gone); }
.ctr-graph .is-gone text { text-decoration: line-through; fill: var(--gone); }
.ctr-graph .line.is-new { stroke: var(--new); }
.ctr-graph .line.is-changed { stroke: var(--changed); }
.ctr-graph .line.is-gone { stroke: var(--gone); stroke-dasharray: 5 4; }
.ctr-graph text.is-new, .ctr-graph .mark-new { fill: var(--new); }
.ctr-graph text.is-changed, .ctr-graph .mark-changed { fill: var(--changed); }
.ctr-graph text.is-gone { fill: var(--gone); text-decoration: line-through; }
.ctr-graph .mark-gone { fill: var(--gone); }
.ctr-graph .badge { font-weight: 700; fill: var(--paper); text-anchor: middle; text-decoration: none; }
.ctr-graph .is-gone .badge { fill: var(--paper); text-decoration: none; }
.ctr-graph .mark { font-weight: 700; text-anchor: end; text-decoration: none; }
`;
