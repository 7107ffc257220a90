// What docs/journal.md says of the journal against the journal: printed output, tables, codes, options.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { ballastBytesDefault } from "../../src/journal/sqlite/ballast.ts";
import { journalFormat } from "../../src/journal/sqlite/format.ts";
import { tablesOf } from "../../src/journal/sqlite/schema.ts";
import { captureIo } from "../cli/capture.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(join(root, "docs", "journal.md"), "utf8");

describe("docs/journal.md", () => {
  it("shows what its first commands print", async () => {
    const folder = mkdtempSync(join(tmpdir(), "seatrial-docs-"));
    const session = join(folder, "my-session");
    const { io } = captureIo();
    await main(["simulate", join(root, "scenarios/dca-ladder-on-close.json"), "--no-report", "--quiet", "--journal", session], io);
    const shown = captureIo();
    // As wide as the page.
    const wide = { ...shown.io, stdout: { ...shown.io.stdout, columns: 120 } };
    expect(await main(["journal", "show", join(session, "session.sqlite"), "--limit", "6"], wide)).toBe(0);
    const calls = captureIo();
    await main(["journal", "show", join(session, "session.sqlite"), "--table", "exchange_api_log", "--limit", "1"], calls.io);
    rmSync(folder, { recursive: true });
    expect(text).toContain(`session.sqlite --table exchange_api_log --limit 1\n${calls.text.stdout.trimEnd()}\n\`\`\`\n`);
    expect(text).toContain(
      `\n$ npx --no-install seatrial journal show my-session/session.sqlite --limit 6\n${shown.text.stdout.trimEnd()}\n\`\`\`\n`,
    );
  });

  it("names every table of a journal, and no other", () => {
    const section = text.slice(text.indexOf("\n### Tables\n"), text.indexOf("\n## One process at a time\n"));
    const rows = [...section.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) +\|/gm)].map(([, names = ""]) => names.replaceAll("`", "").split(", "));
    expect(rows.flat().sort()).toEqual(Object.keys(tablesOf(journalFormat).all).sort());
  });

  it("names only options that there are, and the ballast's size", async () => {
    const { io, text: printed } = captureIo();
    for (const command of ["verify", "show", "export", "repair"]) await main(["journal", command, "--help"], io);
    await main(["simulate", "--help"], io);
    const known = new Set(printed.stdout.match(/--[a-z-]+/g));
    const named = [...new Set(text.match(/(?<=[\s`(])--[a-z][a-z-]+/g))].filter((option) => option !== "--no-install");
    expect(named.filter((option) => !known.has(option))).toEqual([]);
    expect(text).toContain(`${ballastBytesDefault / 1_024 / 1_024} MiB`);
  });
});
