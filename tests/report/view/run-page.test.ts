// A run's folder with its page: there where it is wanted, whole, and with the costs that were asked for.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { simulateRooms } from "../../../src/cli/simulate-rooms.ts";
import { runFile } from "../../../src/report/run-file.ts";
import type { CostWish } from "../../../src/report/view/run-page.ts";
import { folder as scenarios } from "../../scenarios/shipped-files.ts";

describe("the folder of a run", () => {
  let out: string;
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "seatrial-page-"));
  });
  afterEach(async () => {
    await rm(out, { recursive: true, force: true });
  });

  async function made(page: CostWish | null): Promise<string> {
    const versions = { seatrial: "0.1.0", node: "24", ccxt: null };
    const options = { out, tag: "t", page, strict: false, versions, now: () => 1_000 };
    const outcome = await runFile(join(scenarios, "worked-example.json"), options, simulateRooms({}, {}));
    expect(outcome.status).toBe("passed");
    return outcome.folder ?? "";
  }

  it("holds report.html where a page is wanted, and says nothing of it elsewhere", async () => {
    const [plain, paged] = [await made(null), await made("none")];
    const files = await readdir(plain);
    expect(files).not.toContain("report.html");
    expect(await readdir(paged)).toEqual([...files, "report.html"].sort());
    expect(await readFile(join(paged, "result.json"), "utf8")).toBe(await readFile(join(plain, "result.json"), "utf8"));
    expect(await readFile(join(paged, "report.html"), "utf8")).toContain("<title>worked-example");
  });

  it("has a larger page with the costs of its assumptions", async () => {
    const sizes = await Promise.all(
      (["none", "modest", "all"] as const).map(async (wish) => (await readFile(join(await made(wish), "report.html"))).length),
    );
    expect(sizes[1]).toBeGreaterThan(sizes[0] as number);
    expect(sizes[2]).toBe(sizes[1]);
  });
});
