// Where things stand: one column on a phone, chart and inspector side by side where there is room, everything in a row on paper.

export const layoutStyle = `
.masthead { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
.masthead p { margin: 0; letter-spacing: 0.02em; }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 0.7rem; margin: 0 0 0.4rem; }
.verdict { margin-bottom: 0.7rem; }
header .note { margin-bottom: 0.7rem; }
.why { max-width: 75ch; font-size: 1.05rem; color: var(--quiet); text-wrap: pretty; }
.alarm { max-width: 90ch; margin: 0.8rem 0; padding: 0.6rem 0.9rem; border-left: 3px solid var(--bad); background: var(--bad-wash); }
.alarm p:last-child, .alarm ul { margin: 0; }
.alarm ul { padding-left: 1.2rem; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem 1.8rem; margin: 1.3rem 0 1rem; }
.figures > div { border-top: 1px solid var(--rule); padding-top: 0.5rem; }
.figures dt { color: var(--quiet); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 0.85rem; overflow-wrap: anywhere; }
.figures strong { display: block; font-size: clamp(1rem, 0.85rem + 0.7vw, 1.2rem); font-weight: 600; letter-spacing: -0.01em; }
.facts { display: grid; gap: 0.15rem 1.5rem; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); margin: 0.6rem 0; font-size: 0.88rem; }
.facts > div { display: flex; flex-wrap: wrap; gap: 0 0.6rem; min-width: 0; padding: 0.1rem 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
nav { position: sticky; top: 0; z-index: 10; display: flex; gap: 0.2rem 1.3rem; overflow-x: auto; margin: 1rem 0 0; padding: 0.7rem 0; background: var(--paper); border-bottom: 1px solid var(--rule); white-space: nowrap; scrollbar-width: thin; }
nav a { text-decoration: none; font-size: 0.9rem; }
nav a:hover { text-decoration: underline; }
main > section { padding-top: 2rem; }
main > section + section { margin-top: 1rem; }
.bench { display: grid; gap: 1.5rem 2rem; grid-template-columns: minmax(0, 1fr); }
.stage, .inspector { min-width: 0; }
.picture { display: none; }
.here { position: absolute; top: 0; z-index: 3; background: var(--here-wash); pointer-events: none; }
.canvas { position: relative; height: clamp(24rem, 58vh, 42rem); border: 1px solid var(--rule); border-radius: 4px; overflow: hidden; }
.chart-head { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 0.3rem 1.5rem; margin-bottom: 0.4rem; }
.readout { flex: 1 1 20rem; display: flex; flex-wrap: wrap; gap: 0 0.9rem; min-height: 3em; align-content: end; margin: 0; font-size: 0.85rem; }
.note { font-size: 0.85rem; margin: 0; }
.player-bar { margin: 0.6rem 0 0.8rem; padding: 0.7rem 0.9rem; background: var(--raised); border-radius: 6px; }
.player-bar input { width: 100%; margin: 0 0 0.4rem; accent-color: var(--accent); }
.player-row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.2rem; }
.player-row .controls { flex-wrap: nowrap; }
.player-row .controls button { padding: 0.2rem clamp(0.2rem, 1.8vw, 0.65rem); min-width: clamp(1.8rem, 9vw, 2.6rem); }
.told { margin: 0.5rem 0 0; }
.place { flex: 1 1 13rem; margin: 0; font-size: 0.88rem; }
.panel + .panel { margin-top: 1.4rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
.made-of .facts { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
.panel h3 { margin: 0 0 0.5rem; }
.panel details { margin: 0.3rem 0; }
.alternatives { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.2rem; margin-top: 0.4rem; }
@media (min-width: 46rem) {
  .figures { grid-template-columns: repeat(4, minmax(0, 1fr)); }
}
@media (min-width: 70rem) {
  .summary { display: grid; grid-template-columns: minmax(0, 1.75fr) minmax(22rem, 1fr); gap: 0 2rem; }
  .summary .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); align-content: start; gap: 0.6rem 1.4rem; margin: 0.4rem 0 0.6rem; }
  .told { display: none; }
  .bench { grid-template-columns: minmax(0, 1.75fr) minmax(22rem, 1fr); align-items: start; }
  .inspector { position: sticky; top: 3.4rem; max-height: calc(100vh - 4.2rem); overflow-y: auto; padding-right: 0.4rem; scrollbar-width: thin; }
}

footer { margin-top: 3.5rem; padding-top: 1.3rem; border-top: 1px solid var(--rule); font-size: 0.9rem; }
footer h2 { font-size: 1rem; }
footer ul { max-width: 90ch; margin: 0 0 1rem; padding-left: 1.2rem; }
@media print {
  :root { color-scheme: light; }
  body { font-size: 10.5pt; }
  nav, .controls, .player-bar input, .player-bar select, .pager button, input[type="search"], dialog { display: none !important; }
  #page { max-width: none; padding: 0; }
  .scroll, .inspector { overflow: visible !important; max-height: none !important; }
  .canvas { display: none; }
  .picture { display: block; width: 100% !important; height: auto !important; break-inside: avoid; }
  tr, li, .figures > div { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
