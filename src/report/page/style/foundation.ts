// Colours and letters. Every colour has a light and a dark value; bought and sold are blue and orange, which colour-blind readers
// tell apart, and never stand without a shape or a word.

export const foundationStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fdfcf9, #15181d);
  --raised: light-dark(#f6f4ee, #1c2027);
  --ink: light-dark(#1c222b, #e6e8eb);
  --quiet: light-dark(#5c6470, #9aa3af);
  --faint: light-dark(#9aa0a8, #6b7480);
  --rule: light-dark(#e3dfd5, #2b313a);
  --shade: light-dark(#e4e1d8, #2d343e);
  --accent: light-dark(#14576e, #6cb8d2);
  --buy: light-dark(#0f62b5, #6aaef2);
  --sell: light-dark(#b8520a, #f0974f);
  --good: light-dark(#1c6b45, #63c294);
  --bad: light-dark(#a8262f, #f0878c);
  --bad-wash: light-dark(#a8262f22, #f0878c2b);
  --warn: light-dark(#8a5a00, #e2b04a);
  --warn-wash: light-dark(#8a5a001f, #e2b04a24);
  --doubt: light-dark(#6d3d97, #c39be6);
  --doubt-wash: light-dark(#6d3d971f, #c39be62b);
  --here-wash: light-dark(#14576e2e, #6cb8d23d);
  --mark: light-dark(#fbe8b0, #574514);
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; scroll-padding-top: 3.5rem; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: break-word;
}
#page, noscript p { max-width: 96rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 3vw, 2.5rem) 3rem; }
h1, h2, h3 { line-height: 1.2; font-weight: 600; text-wrap: balance; overflow-wrap: anywhere; }
h1 { margin: 0.2rem 0 0.5rem; font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.3rem); letter-spacing: -0.02em; }
h2 { margin: 0 0 0.9rem; font-size: 1.2rem; letter-spacing: -0.01em; }
h3 { margin: 1.4rem 0 0.5rem; font-size: 1rem; }
p { margin: 0 0 0.5rem; }
a { color: var(--accent); }
code, pre, kbd { font: 0.86em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
pre { max-height: 22rem; margin: 0.4rem 0; padding: 0.7rem; overflow: auto; background: var(--raised); border-radius: 4px; white-space: pre-wrap; }
.quiet { color: var(--quiet); }
.probe { position: absolute; visibility: hidden; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
mark { background: var(--mark); color: inherit; border-radius: 2px; padding: 0 0.15em; }
@media (prefers-reduced-motion: reduce) {
  html { scroll-behavior: auto; }
  *, *::before, *::after { transition: none !important; animation: none !important; }
}
`;
