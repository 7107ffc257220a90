// The frame of every page that a report writes: its policy, which names by hash all that may run or give it looks, and its head.
// What is not among them does not run, whatever a scenario is called.

import { createHash } from "node:crypto";

export interface PageParts {
  readonly title: string;
  readonly style: string;
  /** In their order; each runs as it stands. */
  readonly scripts: readonly string[];
  /** Markup before the scripts. */
  readonly body: string;
}

/** @returns HTML, UTF-8 */
export function pageShell({ title, style, scripts, body }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${hashOf(style)}`,
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
<title>${escapeText(title)} · Seatrial</title>
<style>${style}</style>
</head>
<body>
${body}
${scripts.map((script) => `<script>${script}</script>`).join("\n")}
</body>
</html>
`;
}

/** A source of a content security policy: only the element with exactly this text. */
function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}

/** Text between tags and in attributes with double quotes. */
export function escapeText(text: string): string {
  return text.toWellFormed().replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
