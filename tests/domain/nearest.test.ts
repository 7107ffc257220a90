import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nearestKey } from "../../src/domain/index.ts";

describe("nearestKey", () => {
  const keys = ["strategy", "steps", "seed", "tpPercent", "maxFillsPerBar"];

  it.each([
    ["stategy", "strategy"],
    ["strategies", "strategy"],
    ["sede", "seed"],
    ["tp_percent", "tpPercent"],
    ["TPPERCENT", "tpPercent"],
    ["maxFilsPerBra", "maxFillsPerBar"],
  ])("%s → %s", (word, near) => {
    expect(nearestKey(word, keys)).toBe(near);
  });

  it("suggests nothing for a word that is near to none", () => {
    for (const word of ["", "zebra", "x", "completely different"]) expect(nearestKey(word, keys)).toBeNull();
    expect(nearestKey("seed", [])).toBeNull();
  });

  it.each([
    // More edits than a third of the longer word, though what is left out, or half of a swap, would look near.
    ["abcdef", "xabcdqr"],
    ["a", "bc"],
    ["ab", "cd"],
    ["ab", "xa"],
    ["ab", "bx"],
    ["abcd", "bacx"],
  ])("%s is not near to %s", (word, other) => {
    expect(nearestKey(word, [other])).toBeNull();
  });

  it("takes the first of equally near words", () => {
    expect(nearestKey("bat", ["cat", "bar"])).toBe("cat");
  });

  it("finds a key behind any single slip, and ends quickly on a huge word", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), fc.constantFrom("drop", "double", "swap"), (key, seed, slip) => {
        const at = seed % (key.length - 1);
        const broken =
          slip === "drop"
            ? key.slice(0, at) + key.slice(at + 1)
            : slip === "double"
              ? key.slice(0, at + 1) + key.slice(at)
              : key.slice(0, at) + (key[at + 1] ?? "") + (key[at] ?? "") + key.slice(at + 2);
        expect(nearestKey(broken, [key])).toBe(key);
      }),
    );
    expect(nearestKey("x".repeat(1_000_000), keys)).toBeNull();
  });
});
