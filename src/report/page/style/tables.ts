// Tables, the life of an order, the tree of the state. A table scrolls inside of its own region; the page never scrolls sideways.

export const tableStyle = `
.table { margin: 0.5rem 0 1rem; }
.scroll { overflow-x: auto; scrollbar-width: thin; }
table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.4; }
.table table { min-width: min(100%, 40rem); }
:is(#expectations, #orders, #fills, #skipped, #liquidations, #routes, #silences, #alerts, #assumptions) caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
caption { padding: 0 0 0.35rem; text-align: left; color: var(--quiet); font-size: 0.85rem; }
th, td { padding: 0.28rem 1.1rem 0.28rem 0; text-align: left; vertical-align: top; }
th { font-weight: 500; color: var(--quiet); }
thead th { border-bottom: 1px solid var(--rule); white-space: nowrap; }
tbody tr { border-bottom: 1px solid color-mix(in srgb, var(--rule) 60%, transparent); }
tbody tr.picks:hover { background: var(--raised); }
tbody tr[aria-current] { background: var(--here-wash); }
.table td { white-space: nowrap; }
.table td:has(> code) { white-space: normal; }
#expectations td, #assumptions td:nth-child(-n + 3), #assumptions td:last-child, #ambiguous td:last-child:not(.number), #silences td:last-child, #alerts td:last-child { white-space: normal; min-width: 9rem; max-width: 34rem; }
#expectations td:first-child { min-width: 0; white-space: nowrap; }
.number { text-align: right; }
td button { min-width: 2.6rem; }
.pager { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem; margin-top: 0.5rem; font-size: 0.85rem; }
.difference { position: relative; display: block; width: 9rem; height: 0.85em; margin-top: 0.3em; background: linear-gradient(var(--faint), var(--faint)) center / 1px 100% no-repeat; }
.difference span { position: absolute; top: 0; bottom: 0; border-radius: 1px; }
.difference .higher { left: 50%; background: var(--buy); }
.difference .lower { right: 50%; background: repeating-linear-gradient(45deg, var(--sell) 0 3px, color-mix(in srgb, var(--sell) 45%, transparent) 3px 6px); }
.changes { width: 100%; table-layout: fixed; }
.changes tbody { border-bottom: 1px solid color-mix(in srgb, var(--rule) 60%, transparent); }
.changes tbody tr { border: 0; }
.changes tbody th { padding-bottom: 0; font: 0.86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.changes td { padding-top: 0; overflow-wrap: anywhere; }
.changes mark { box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.life { margin: 0.9rem 0 0; padding: 0; list-style: none; }
.life > li { position: relative; margin: 0; padding: 0 0 0.9rem 1.9rem; }
.life > li::before { content: ""; position: absolute; left: 0.55rem; top: 1.3rem; bottom: -0.1rem; width: 1px; background: var(--rule); }
.life > li:last-child::before { display: none; }
.life p { margin: 0 0 0.15rem; }
.life .line { gap: 0 0.6rem; }
.life > li[aria-current] { background: linear-gradient(var(--here-wash), var(--here-wash)) 1.5rem 0 / 100% 100% no-repeat; }
.stage-sign { position: absolute; left: 0; top: 0.05rem; width: 1.15rem; height: 1.15rem; font-size: 0.78rem; line-height: 1.15rem; text-align: center; color: var(--quiet); }
.stage-sign.fill, .stage-sign.ledger { color: var(--good); }
.stage-sign.rejected, .stage-sign.cancel_refused, .stage-sign.voided { color: var(--bad); }
.stage-sign.silence { color: var(--warn); }
.stage-sign.unknown { color: var(--doubt); }
.tree { font-size: 0.86rem; overflow-x: auto; }
.tree ul { margin: 0; padding-left: 1rem; list-style: none; border-left: 1px solid var(--rule); }
.tree > ul { padding-left: 0; border: 0; }
.tree details { margin: 0; }
.key { color: var(--accent); }
.changed { margin-left: 0.5rem; padding: 0 0.35rem; background: var(--mark); border-radius: 2px; font-size: 0.75rem; }
.counts { padding-left: 1.2rem; }
`;
