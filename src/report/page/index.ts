// The page of a run: one HTML file that holds its data, its code and its looks, asks for nothing from anywhere, and runs nothing but
// what its own policy names by hash. It draws a view and computes no result.

import { createHash } from "node:crypto";
import type { RunView } from "../view.ts";
import type { PageData } from "./browser/page-data.ts";
import { packPage } from "./pack.ts";
import { pageScripts } from "./page-script.ts";
import { pageStyle } from "./style/index.ts";

/**
 * The page of one run as HTML text, UTF-8.
 * @throws SeatrialError `page_part_missing` or `page_script` (exit code 1) where this installation is damaged
 */
export function renderRunPage(view: RunView): string {
  const { library, page, notice } = pageScripts();
  const data: PageData = view;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(library)} ${hashOf(page)}`,
    `style-src ${hashOf(pageStyle)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeText(view.scenario)} · Seatrial</title>
<style>${pageStyle}</style>
</head>
<body>
<noscript><p>This page draws its run with the script that it holds. Allow scripts for this file; it asks for nothing from anywhere.</p></noscript>
<div id="page" aria-busy="true"></div>
<script type="application/json" id="run">"${packPage(data, notice)}"</script>
<script>${library}</script>
<script>${page}</script>
</body>
</html>
`;
}

/** A source of a content security policy: only the element with exactly this text. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
