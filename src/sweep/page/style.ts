// What a sweep's page adds to the looks of all pages: heat maps, whose cells are darker or brighter the better they are and always say
// their number, and long tables that scroll inside of themselves.

/** Steps of a heat map's scale. */
export const heatLevels = 8;

const heat = Array.from({ length: heatLevels }, (_, level) => {
  const share = Math.round((level / (heatLevels - 1)) * 88) + 4;
  const ink = share > 70 ? "var(--paper)" : "var(--ink)";
  return `.heat td.level-${level} { background: color-mix(in oklab, var(--accent) ${share}%, var(--paper)); color: ${ink}; }`;
}).join("\n");

export const sweepStyle = `
main ul { max-width: 90ch; padding-left: 1.2rem; }
main li { margin: 0.2rem 0; }
main p { max-width: 90ch; }
main td { white-space: nowrap; }
.sortable th button { min-height: 1.8rem; padding: 0 0.2rem; margin-left: -0.2rem; border: 0; background: none; color: inherit; font-weight: 500; }
.sortable th.number button { margin: 0 -0.2rem 0 0; }
.sortable th[aria-sort] button { color: var(--ink); }
.sortable th[aria-sort="ascending"] button::after { content: " ▲"; font-size: 0.7em; }
.sortable th[aria-sort="descending"] button::after { content: " ▼"; font-size: 0.7em; }
#points .scroll, #walk-forward .scroll { max-height: 40rem; overflow-y: auto; }
#points thead th, #walk-forward thead th { position: sticky; top: 0; background: var(--paper); }
.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(35rem, 100%), 1fr)); gap: 1.6rem 2.2rem; align-items: start; }
.maps figure { margin: 0; min-width: 0; }
.heat { border-spacing: 2px; border-collapse: separate; }
.heat th, .heat td { padding: 0.3rem 0.45rem; border: 0; text-align: right; }
.heat thead th { border: 0; vertical-align: bottom; }
.heat thead th + th { max-width: 4rem; white-space: normal; }
.heat tbody th { white-space: nowrap; }
.heat td { min-width: 3rem; border-radius: 3px; background: var(--raised); color: var(--quiet); }
.heat td.best { outline: 2px solid var(--ink); outline-offset: -2px; font-weight: 700; }
.heat td.plateau { outline: 2px dashed var(--ink); outline-offset: -2px; }
${heat}
.scale { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.85rem; color: var(--quiet); margin-bottom: 0.9rem; }
@media print { #points .scroll, #walk-forward .scroll { max-height: none; } figure { break-inside: avoid; } }
`;
