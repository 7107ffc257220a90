// The commands and examples of the documents, run as a reader would run them. It must never write into the repository.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const strategies = readFileSync(join(root, "docs", "strategies.md"), "utf8");

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
