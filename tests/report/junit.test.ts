// JUnit XML: counts, names, and no character that breaks an XML reader.

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { SeatrialError } from "../../src/domain/index.ts";
import { escapeXml, junitXml } from "../../src/report/junit.ts";
import { outcomeNotRun, outcomeOfError } from "../../src/report/outcome.ts";
import { fails, holds, outcomeOf } from "./sample.ts";

describe("JUnit XML", () => {
  it("has one case an expectation and one for the invariants", () => {
    expect(junitXml(outcomeOf({ expectations: [holds, fails], elapsedMs: 1_234 }))).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<testsuites tests="3" failures="1" errors="0" skipped="0" time="1.234">',
        '  <testsuite name="worked-example" tests="3" failures="1" errors="0" skipped="0" time="1.234">',
        '    <testcase classname="worked-example" name="1 fill of family tp at 102"/>',
        '    <testcase classname="worked-example" name="final position is 1">',
        '      <failure message="found: 0">found: 0&#10;orders: tp sell 1 @ 102&#10;fill tp sell 1 @ 102</failure>',
        "    </testcase>",
        '    <testcase classname="worked-example" name="every invariant holds"/>',
        "  </testsuite>",
        "</testsuites>",
        "",
      ].join("\n"),
    );
  });

  it("shows a scenario without data as skipped and a broken one as an error", () => {
    const skipped = junitXml(outcomeNotRun("btc", 1, { reason: "no data", hint: "get it" }, false));
    const broken = junitXml(outcomeOfError("btc", 1, new SeatrialError({ code: "bad_bars", reason: "high < low" })));
    expect(skipped).toContain('tests="1" failures="0" errors="0" skipped="1"');
    expect(skipped).toContain('<skipped message="no data; get it"/>');
    expect(broken).toContain('tests="1" failures="0" errors="1" skipped="0"');
    expect(broken).toContain('<error type="bad_bars" message="high &lt; low"/>');
  });

  it("escapes markup, keeps line breaks, and replaces what XML 1.0 cannot hold", () => {
    expect(escapeXml('<a b="c">&\n\u0000\u001b\ud800\uffff😀')).toBe("&lt;a b=&quot;c&quot;&gt;&amp;&#10;\ufffd\ufffd\ufffd\ufffd😀");
  });

  it("never lets a name out of its attribute", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const xml = junitXml(outcomeOf({ scenario: text, expectations: [{ text, passed: false, actual: text, context: [], bar: null }] }));
        // Without its quoted attributes, the text holds only the tags written here.
        const tags = [...xml.replaceAll(/"[^"<>]*"/g, "").matchAll(/<\/?[a-z]+/g)].map(([tag]) => tag);
        expect(tags).toEqual([
          "<testsuites",
          "<testsuite",
          "<testcase",
          "<failure",
          "</failure",
          "</testcase",
          "<testcase",
          "</testsuite",
          "</testsuites",
        ]);
      }),
    );
  });
});
