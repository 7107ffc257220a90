// The command: verdicts, exit codes, output forms, bad folders; and the recorded cases where they are at hand.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CasesReport } from "./report.ts";
import { runCases } from "./run.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "seatrial-cases-"));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

let folders = 0;
function folderWith(cases: unknown, files: Readonly<Record<string, unknown>> = {}): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(join(folder, "data"), { recursive: true });
  writeFileSync(join(folder, "some.json"), typeof cases === "string" ? cases : JSON.stringify(cases));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  return folder;
}

const precision = (id: string, text: string, kind = "universal") => ({
  id,
  kind: "precision",
  class: kind,
  params: { value: "12.3456", rounding: "T", counting: "D", precision: "2", pad: false },
  expected: { text },
});
const report = (stdout: string) => JSON.parse(stdout) as CasesReport;

describe("npm run cases", () => {
  it("prints exactly the fixed machine form and exits 0 when every universal case agrees", () => {
    const folder = folderWith([precision("a", "12.34"), precision("b", "12.35", "conventional"), { id: "c", kind: "interest", class: "universal" }]);
    const outcome = runCases([folder, "--json"], undefined);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toBe("");
    expect(JSON.parse(outcome.stdout)).toEqual({
      total: 3,
      agree: 1,
      differ: [{ id: "b", kind: "precision", class: "conventional", why: 'text is "12.34", not "12.35"' }],
      notApplicable: [{ id: "c", kind: "interest", reason: "borrowed money and its interest are not simulated" }],
      byKind: { interest: { total: 1, agree: 0, differ: 0, notApplicable: 1 }, precision: { total: 2, agree: 1, differ: 1, notApplicable: 0 } },
    });
  });

  it("exits 2 when a universal case differs, and shows it in the table", () => {
    const outcome = runCases([folderWith([precision("wrong", "12.35")])], undefined);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stdout).toContain("wrong");
    expect(outcome.stdout).toContain("A universal case differs.");
  });

  it("finds a named series in the folder first and in the shared folder next", () => {
    const bars = [
      [0, 10, 11, 9, 10, 1],
      [60_000, 10, 12, 10, 11, 1],
    ];
    const fills = (price: number) => [
      {
        id: "r",
        kind: "order_fill",
        class: "universal",
        barsRef: "s.json",
        actions: [{ after: 0, do: "submit", order: { id: "o", side: "buy", type: "market", qty: 1 } }],
        expected: { fills: [{ order: "o", bar: 1, price, qty: 1 }] },
      },
    ];
    const shared = folderWith([], { "data/s.json": bars });
    expect(report(runCases([folderWith(fills(10)), "--json"], shared).stdout).agree).toBe(1);
    const own = bars.map(([time, ...rest]) => [time, ...rest.map((value) => value * 2)]);
    expect(report(runCases([folderWith(fills(20), { "data/s.json": own }), "--json"], shared).stdout).agree).toBe(1);
    const missing = runCases([folderWith(fills(10)), "--json"], undefined);
    expect(missing.exitCode).toBe(3);
    expect(missing.stdout).toContain('"code":"missing_series"');
  });

  it("refuses a missing folder, an empty one, broken JSON and things that are no cases with a typed error and exit code 3", () => {
    const code = (folder: string) => {
      const { exitCode, stdout } = runCases([folder, "--json"], undefined);
      return [exitCode, (JSON.parse(stdout) as { error: { code: string } }).error.code];
    };
    const empty = join(root, "empty");
    mkdirSync(empty);
    expect(code(join(root, "nowhere"))).toEqual([3, "missing_folder"]);
    expect(code(empty)).toEqual([3, "no_cases"]);
    expect(code(folderWith("[{"))).toEqual([3, "bad_case_file"]);
    expect(code(folderWith({ id: "x" }))).toEqual([3, "bad_case_file"]);
    expect(code(folderWith([{ id: "x" }]))).toEqual([3, "bad_case_file"]);
    expect(runCases([], undefined)).toMatchObject({ exitCode: 3, stdout: "" });
    expect(runCases([empty, "--fast"], undefined).stderr).toContain("npm run cases");
  });

  it("counts an error of ours as a difference, and a case without its parts as not applicable", () => {
    const folder = folderWith([
      { id: "err", kind: "decimal_op", class: "universal", params: { op: "add", args: ["1", "x"] }, expected: { result: "1" } },
      { id: "part", kind: "precision", class: "universal", params: { value: "1" }, expected: { text: "1" } },
    ]);
    const { differ, notApplicable } = report(runCases([folder, "--json"], undefined).stdout);
    expect(differ.map((each) => each.why)).toEqual([expect.stringContaining("bad_number")]);
    expect(notApplicable.map((each) => each.reason)).toEqual(["rounding is not a text"]);
  });
});

const recorded = process.env["SEATRIAL_CASES"] ?? "";

describe.runIf(recorded !== "")("the recorded cases", () => {
  it("agree where they are universal", () => {
    const outcome = runCases([recorded, "--json"], recorded);
    const { total, differ } = report(outcome.stdout);
    expect(differ.filter((each) => each.class === "universal")).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(total).toBeGreaterThan(0);
  });
});
