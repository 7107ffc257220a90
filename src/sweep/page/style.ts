// The looks of a sweep's page, light and dark, from a phone to paper. A heat map's cell is darker or brighter the better it is and
// always says its number. Nothing in here may ask for a file or a font from anywhere.

/** Steps of a heat map's scale. */
export const heatLevels = 8;

const heat = Array.from({ length: heatLevels }, (_, level) => {
  const share = Math.round((level / (heatLevels - 1)) * 88) + 4;
  const ink = share > 70 ? "var(--paper)" : "var(--ink)";
  return `.heat td.level-${level} { background: color-mix(in oklab, var(--accent) ${share}%, var(--paper)); color: ${ink}; }`;
}).join("\n");

export const sweepStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fdfcf9, #15181d);
  --raised: light-dark(#f6f4ee, #1c2027);
  --ink: light-dark(#1c222b, #e6e8eb);
  --quiet: light-dark(#5c6470, #9aa3af);
  --rule: light-dark(#e3dfd5, #2b313a);
  --accent: light-dark(#14576e, #6cb8d2);
  --warn: light-dark(#8a5a00, #e2b04a);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
#page { max-width: 84rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 3vw, 2.5rem) 3rem; }
.masthead { display: flex; justify-content: space-between; align-items: center; gap: 1rem; color: var(--quiet); }
.masthead p { margin: 0; letter-spacing: 0.02em; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; overflow-wrap: anywhere; text-wrap: balance; }
h1 { margin: 0.2rem 0 0.5rem; font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.3rem); letter-spacing: -0.02em; }
h2 { margin: 2.4rem 0 0.6rem; font-size: 1.2rem; letter-spacing: -0.01em; }
h3 { margin: 0 0 0.4rem; font-size: 1rem; font-weight: 500; }
p { margin: 0 0 0.5rem; max-width: 90ch; }
.quiet { color: var(--quiet); }
.why { max-width: 75ch; font-size: 1.05rem; color: var(--quiet); text-wrap: pretty; }
.badge { padding: 0.05rem 0.5rem; border: 1px solid currentcolor; border-radius: 3px; font-size: 0.82rem; color: var(--warn); white-space: nowrap; }
.line { display: flex; flex-wrap: wrap; gap: 0.35rem 0.7rem; align-items: center; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem 1.8rem; margin: 1.3rem 0 1rem; }
.figures > div { border-top: 1px solid var(--rule); padding-top: 0.5rem; }
.figures dt { color: var(--quiet); font-size: 0.85rem; }
.figures dd { margin: 0; font-size: 0.85rem; overflow-wrap: anywhere; }
.figures strong { display: block; font-size: 1.2rem; font-weight: 600; }
ul { margin: 0 0 1rem; padding-left: 1.2rem; max-width: 90ch; }
li { margin: 0.2rem 0; }
button { min-height: 2.1rem; padding: 0.2rem 0.65rem; font: inherit; font-size: 0.88rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 4px; cursor: pointer; }
button:hover { border-color: var(--quiet); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.scroll { overflow-x: auto; scrollbar-width: thin; }
table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.4; }
caption { padding: 0 0 0.35rem; text-align: left; color: var(--quiet); font-size: 0.85rem; }
th, td { padding: 0.28rem 1.1rem 0.28rem 0; text-align: left; vertical-align: top; white-space: nowrap; }
th { font-weight: 500; color: var(--quiet); }
thead th { border-bottom: 1px solid var(--rule); }
tbody tr { border-bottom: 1px solid color-mix(in srgb, var(--rule) 60%, transparent); }
.number { text-align: right; }
#points .scroll, #walk-forward .scroll { max-height: 40rem; overflow-y: auto; }
#points thead th, #walk-forward thead th { position: sticky; top: 0; background: var(--paper); }
.sortable th button { min-height: 1.7rem; padding: 0 0.3rem; margin: 0 -0.3rem; border: 0; color: inherit; background: none; font-weight: 500; }
.sortable th[aria-sort] button { color: var(--accent); text-decoration: underline; }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(35rem, 100%), 1fr)); gap: 1.6rem 2.2rem; align-items: start; }
.maps figure { margin: 0; min-width: 0; }
.heat { border-spacing: 2px; border-collapse: separate; }
.heat th, .heat td { padding: 0.3rem 0.45rem; border: 0; text-align: right; }
.heat thead th { border: 0; vertical-align: bottom; }
.heat thead th + th { max-width: 4rem; white-space: normal; }
.heat td { min-width: 3rem; border-radius: 3px; background: var(--raised); color: var(--quiet); }
.heat td.best { outline: 2px solid var(--ink); outline-offset: -2px; font-weight: 700; }
.heat td.plateau { outline: 2px dashed var(--ink); outline-offset: -2px; }
${heat}
.scale { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.85rem; color: var(--quiet); margin-bottom: 0.9rem; }
footer { margin-top: 3.5rem; padding-top: 1.3rem; border-top: 1px solid var(--rule); font-size: 0.9rem; color: var(--quiet); }
@media (pointer: coarse) { .sortable th button { min-height: 2.4rem; } }
@media print { :root { color-scheme: light; } button { display: none; } .sortable th button { display: inline; } .scroll { overflow: visible; } tr, figure { break-inside: avoid; } }
`;
