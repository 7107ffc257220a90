// The commands and examples of the documents, run as a reader would run them. It must never write into the repository.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { kinds } from "../../src/journal/tape-codes.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const strategies = readFileSync(join(root, "docs", "strategies.md"), "utf8");
const output = readFileSync(join(root, "docs", "output.md"), "utf8");

function run(...args: string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  return { status, stdout };
}

const simulate = (...args: string[]) => run("bin/seatrial.mjs", "simulate", "--no-report", ...args);

describe("the README", () => {
  it("shows what its first command prints", () => {
    const { status, stdout } = simulate("scenarios/hype-dual-dca.json");
    expect(status).toBe(0);
    expect(readme).toContain(`\n\`\`\`\n${stdout.trimEnd()}\nreport: reports/hype-dual-dca/`);
    const { runHash } = JSON.parse(simulate("--json", "scenarios/hype-dual-dca.json").stdout) as { runHash: string };
    expect(readme).toContain(`\n${runHash}\n`);
  });

  it("shows what the exchange prints when it is used alone", () => {
    const { status, stdout } = run("--conditions=seatrial-source", "fixtures/examples/exchange-alone.mjs");
    expect(status).toBe(0);
    expect(readme).toContain(`exchange-alone.mjs\n${stdout.trimEnd()}\n\`\`\``);
    // Bought 2 at 40 for 2 × 40 × 0.0005 = 0.04, sold at 40.5 for 2 × 40.5 × 0.0002 = 0.0162: 1000 + 1 − 0.0562.
    expect(stdout).toContain("equity 1000.9438");
  });
});

describe("the page on the output", () => {
  const resultOf = (name: string) => JSON.parse(simulate("--json", `scenarios/${name}.json`).stdout) as Record<string, unknown>;
  /** The block of JSON that begins with a line. */
  const block = (start: string): string => output.slice(output.indexOf(`\`\`\`json\n${start}`) + 8).split("\n```")[0] ?? "";

  it("shows the result of the worked example as it is, but for its hash", () => {
    const { runHash: _shown, ...shown } = JSON.parse(block('{\n  "scenario"')) as Record<string, unknown>;
    const { runHash: _printed, ...printed } = resultOf("worked-example");
    for (const [key, value] of Object.entries(printed)) {
      const part = shown[key];
      const shortened = Array.isArray(part) ? part.filter((one) => one !== "…").map((one) => JSON.stringify(one)) : [];
      // As text, because the order of the keys is promised.
      if (!Array.isArray(part)) expect([key, JSON.stringify(part)]).toEqual([key, JSON.stringify(value)]);
      else expect((value as unknown[]).map((one) => JSON.stringify(one))).toEqual(expect.arrayContaining(shortened));
    }
    expect(Object.keys(shown)).toEqual(Object.keys(printed));
  });

  it("shows the envelope of a bar with both ends of a position", () => {
    expect(JSON.parse(`{${block('"envelope"')}}`)).toEqual({ envelope: resultOf("envelope-tp-and-sl-in-one-bar")["envelope"] });
  });

  it("lists the keys of a result in their order", () => {
    const section = output.slice(output.indexOf("| field "), output.indexOf("**Order.**"));
    const fields = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, field]) => field);
    const withMore = ["funding-overnight", "liquidation-cross", "route-lost-reply-then-rejected", "unprotected-bar", "envelope-tp-and-sl-in-one-bar"];
    for (const name of withMore) {
      const keys = Object.keys(resultOf(name));
      expect([name, fields.filter((field) => keys.includes(field ?? ""))]).toEqual([name, keys]);
    }
  });

  it("shows the first lines of a journal, and names each kind of record", () => {
    const folder = mkdtempSync(join(tmpdir(), "seatrial-docs-"));
    try {
      run("bin/seatrial.mjs", "simulate", "--out", folder, "scenarios/worked-example.json");
      const [started = ""] = readdirSync(join(folder, "worked-example"));
      const lines = readFileSync(join(folder, "worked-example", started, "journal.ndjson"), "utf8").split("\n");
      expect(output).toContain(`\n${lines.slice(0, 4).join("\n")}\n\`\`\``);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const told = output.slice(output.indexOf("Events (what the runner was told)"));
    expect(kinds.filter((kind) => kind !== "" && !told.includes(`\`${kind}\``))).toEqual([]);
  });
});

describe("the examples", () => {
  it("of scenarios pass, under both deliveries", () => {
    expect(simulate("fixtures/examples").status).toBe(0);
    expect(simulate("--delivery", "seeded", "fixtures/examples").status).toBe(0);
  });

  it("of a route leaves the orders and the row that the guide shows", () => {
    const { stdout } = simulate("--json", "scenarios/route-limit-patience-three-stages.json");
    const { orders, routes } = JSON.parse(stdout) as { orders: Record<string, unknown>[]; routes: unknown[] };
    const lines = orders.map(({ side, type, quantity, price, status, reason, bar }) => [side, type, quantity, price, status, reason, bar].join(","));
    expect(strategies).toContain(`\nside,type,quantity,price,status,reason,bar\n${lines.join("\n")}\n\`\`\``);
    expect(strategies).toContain(`\`\`\`json\n${JSON.stringify(routes[0], null, 2)}\n\`\`\``);
  });

  it("of a strategy prints what the tutorial shows", () => {
    const { stdout } = simulate("fixtures/examples/pullback.json");
    expect(strategies).toContain(`simulate fixtures/examples/pullback.json\n${stdout.trimEnd()}\n\`\`\``);
  });
});
