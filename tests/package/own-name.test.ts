// In the tests, too, the package's own name means the sources, and for every file the same ones.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import * as sources from "../../src/domain/index.ts";
import { freshFolder, removeFolder, write } from "./stand-in.ts";

describe("under the test runner the name seatrial", () => {
  it("means the sources", async () => {
    const named = await import("seatrial/domain");
    expect(named.SeatrialError).toBe(sources.SeatrialError);
  });

  it("means the same sources for a strategy file outside the repository", async () => {
    const folder = freshFolder();
    try {
      write(folder, { "bot.ts": 'import { SeatrialError } from "seatrial/domain";\nexport const seen: unknown = SeatrialError;\n' });
      const bot = (await import(pathToFileURL(join(folder, "bot.ts")).href)) as { seen: unknown };
      expect(bot.seen).toBe(sources.SeatrialError);
    } finally {
      removeFolder(folder);
    }
  });

  it("runs on a Node that the package supports", () => {
    const [major, minor] = process.versions.node.split(".").map(Number);
    expect((major ?? 0) * 1000 + (minor ?? 0)).toBeGreaterThanOrEqual(24_012);
  });
});
