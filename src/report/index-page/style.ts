// What the index page adds to the looks of all pages.

export const indexStyle = `
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.tally { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.9rem 0; }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.8rem; margin: 0.4rem 0 0.6rem; }
.filter input { width: min(22rem, 100%); }
#results { width: 100%; }
#results td { white-space: nowrap; }
#results td:last-child { white-space: normal; min-width: 12rem; color: var(--quiet); }
#results th button { min-height: 1.8rem; padding: 0 0.2rem; margin-left: -0.2rem; border: 0; background: none; color: inherit; font-weight: 500; }
#results th button:hover { color: var(--ink); }
#results th.number button { margin: 0 -0.2rem 0 0; }
#results th[aria-sort] button { color: var(--ink); }
#results th[aria-sort="ascending"] button::after { content: " ▲"; font-size: 0.7em; }
#results th[aria-sort="descending"] button::after { content: " ▼"; font-size: 0.7em; }
#results tbody tr:hover, #results tbody tr:focus-within { background: var(--raised); }
#results tr[hidden] { display: none; }
.problems { margin: 0; padding: 0; list-style: none; }
.problems > li { margin: 0 0 0.9rem; padding: 0.6rem 0.9rem; background: var(--raised); border-radius: 6px; }
.problems dl { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: 0.1rem 0.6rem; margin: 0.3rem 0; font-size: 0.92rem; }
.problems dt { color: var(--quiet); }
.problems dd { margin: 0; overflow-wrap: anywhere; }
.problems .context { display: block; font-size: 0.85rem; }
.problems pre { max-height: none; margin: 0.4rem 0 0; overflow-x: auto; background: var(--paper); white-space: pre; }
.problems strong { overflow-wrap: anywhere; }
#matrix { font-size: 0.8rem; }
#matrix thead th { height: 11rem; padding: 0 0 0.4rem; vertical-align: bottom; }
#matrix thead th:first-child { padding-right: 1rem; }
#matrix thead th:not(:first-child) span { display: inline-block; writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; }
#matrix tbody th { position: sticky; left: 0; z-index: 1; padding: 0.15rem 1rem 0.15rem 0; background: var(--paper); color: var(--ink); white-space: nowrap; }
#matrix td { position: relative; }
#matrix td, .cell { min-width: 2.4rem; height: 1.7rem; padding: 0 0.2rem; text-align: center; vertical-align: middle; border: 2px solid var(--paper); border-radius: 5px; }
#matrix thead th { text-align: center; }
#matrix thead th:first-child { text-align: left; }
.cell { display: inline-block; min-width: 1.9rem; line-height: 1.5rem; border-radius: 5px; }
.taken { background: var(--good); color: var(--paper); font-weight: 600; }
.taken.odd { background: var(--bad); }
.left { color: var(--quiet); background: var(--raised); }
.waits { color: var(--doubt); background: var(--doubt-wash); }
.never { background: repeating-linear-gradient(135deg, transparent 0 5px, var(--shade) 5px 6px); }
#coverage .legend { margin: 0.2rem 0 0.8rem; }
#coverage .names { white-space: normal; min-width: 14rem; overflow-wrap: anywhere; }
#coverage details { margin: 0.3rem 0; }
#coverage .facts { grid-template-columns: minmax(0, 1fr); }
#coverage .facts > div { display: grid; grid-template-columns: minmax(9rem, 14rem) minmax(0, 1fr); }
@media (max-width: 40rem) {
  #matrix tbody th { min-width: 7rem; padding-right: 0.4rem; font-size: 0.72rem; white-space: normal; }
}
@media print {
  .filter, .controls { display: none; }
  #results tr[hidden] { display: table-row; }
}
`;
