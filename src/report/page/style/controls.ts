// Buttons, lists, badges, the legend and the help. A finger must be able to hit each of them.

export const controlStyle = `
button, select, input[type="search"] {
  min-height: 2.1rem;
  padding: 0.2rem 0.65rem;
  font: inherit;
  font-size: 0.88rem;
  color: var(--ink);
  background: var(--paper);
  border: 1px solid var(--rule);
  border-radius: 4px;
}
button { cursor: pointer; }
button:hover:not(:disabled), select:hover { border-color: var(--faint); }
button:disabled { color: var(--faint); cursor: default; }
button[aria-pressed="true"] { color: var(--paper); background: var(--ink); border-color: var(--ink); }
td button, .life button, .pager button, .chart-head button { min-height: 1.6rem; padding: 0 0.5rem; font-size: 0.82rem; }
.life button { min-height: 0; padding: 0; border: 0; color: var(--accent); background: none; }
.life button:hover { text-decoration: underline; }
select { max-width: 100%; flex: 1 1 10rem; min-width: 0; }
.controls { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.markets { margin-bottom: 0.6rem; }
summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; padding: 0.15rem 0; }
summary:hover { text-decoration: underline; }
.badge { padding: 0.05rem 0.5rem; border: 1px solid currentcolor; border-radius: 3px; font-size: 0.82rem; white-space: nowrap; color: var(--quiet); }
.verdict .badge { font-size: 0.95rem; white-space: normal; }
.badge.good { color: var(--good); }
.badge.bad { color: var(--bad); }
.badge.warn { color: var(--warn); }
.badge.doubt { color: var(--doubt); }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 1.1rem; min-width: 0; margin: 0; padding: 0; border: 0; font-size: 0.85rem; }
.legend legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.legend label { display: inline-flex; align-items: center; gap: 0.3rem; min-height: 1.8rem; white-space: nowrap; }
.legend input { margin: 0; accent-color: var(--accent); }
.sign.buy { color: var(--buy); }
.sign.sell { color: var(--sell); }
.sign.bad { color: var(--bad); }
.sign.warn { color: var(--warn); font-weight: 700; }
.sign.doubt { color: var(--doubt); font-weight: 700; }
.sign.quiet, .sign.faint { color: var(--quiet); }
dialog { max-width: 26rem; padding: 1.4rem 1.6rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 8px; }
dialog::backdrop { background: rgb(0 0 0 / 45%); }
.keys { display: grid; gap: 0.35rem; margin: 0 0 1rem; }
.keys > div { display: grid; grid-template-columns: 6rem 1fr; }
.keys dd { margin: 0; }
kbd { padding: 0.1rem 0.4rem; background: var(--raised); border: 1px solid var(--rule); border-radius: 3px; }
@media (pointer: coarse) {
  .controls button, .player-bar select { min-height: 2.6rem; min-width: 2.6rem; }
}
`;
