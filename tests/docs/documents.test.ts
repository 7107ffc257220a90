// The documents against the repository: links, example files, tables of defaults, words of closed lists. It must never judge prose.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { defaultBackoffPolicy, defaultExecutionPolicy, defaultRoutePolicy, familyPolicy } from "../../src/domain/index.ts";
import { fillPresets, rejectionReasons, venueProfiles, type Charge, type VenueProfile } from "../../src/exchange/virtual/index.ts";
import { builtinStrategies } from "../../src/strategy/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const documents = ["README.md", "bench/README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith(".md"),
);

const textOf = (document: string): string => readFileSync(join(root, document), "utf8");

/** Rows of all tables of a document, cells without padding and code marks. */
function tableRows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s|:-]+$/.test(line));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** The anchor that a heading gets: lower case, no punctuation, dashes for spaces. */
function anchorsOf(text: string): Set<string> {
  const headings = text.split("\n").filter((line) => /^#+ /.test(line));
  return new Set(
    headings.map((line) =>
      line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

describe.each(documents)("%s", (document) => {
  const text = textOf(document);

  it("links to files and headings that exist", () => {
    const dead = [...text.matchAll(/\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)/g)].filter(([, path = "", anchor]) => {
      const file = path === "" ? join(root, document) : join(root, dirname(document), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).has(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it("shows example files as they are", () => {
    const shown = [...text.matchAll(/<!-- file: (\S+) -->\n+```\w+\n([\s\S]*?)\n```/g)];
    for (const [, file = "", code] of shown) expect(code).toBe(textOf(file).trimEnd());
    expect(shown).toHaveLength([...text.matchAll(/<!-- file: /g)].length);
  });

  it("names scenarios and source files that exist", () => {
    const named = [...text.matchAll(/\b(?:src|scenarios|fixtures|tests)\/[\w./-]+\.(?:ts|mjs|json)\b/g)].map(([path]) => path);
    // The guide lets the reader write these himself.
    const own = ["scenarios/first.json", "scenarios/broken.json", "scenarios/typo.json", "scenarios/typo2.json"];
    expect([...new Set(named)].filter((path) => !own.includes(path) && !existsSync(join(root, path)))).toEqual([]);
  });

  it("holds no path of a machine", () => {
    expect(text).not.toMatch(/(?:^|[\s"'`(=])\/(?:home|root|tmp|work|Users)\//m);
    expect(text).not.toContain(root);
  });
});

describe("the lists of scenarios", () => {
  const files = readdirSync(join(root, "scenarios"), { recursive: true, encoding: "utf8" }).filter((name) => /(?<!schema)\.json$/.test(name));

  it("name each that is shipped", () => {
    const text = textOf("docs/scenarios.md");
    const faults = textOf("docs/faults.md");
    const lists = text.slice(text.indexOf("\n## The ones by hand\n")) + faults.slice(faults.indexOf("\n## Scenarios\n"));
    expect(files.filter((file) => !lists.includes(`\`${basename(file, ".json")}\``))).toEqual([]);
  });

  it("name each file that the recorded ones read", () => {
    const read = files.flatMap((file) => [...textOf(`scenarios/${file}`).matchAll(/\$\{SEATRIAL_DATA\}\/([^"]+)"/g)].map(([, path]) => path));
    const text = textOf("docs/data.md");
    expect([...new Set(read)].filter((path) => !text.includes(`| \`${path}\``))).toEqual([]);
  });
});

describe("the tables of defaults", () => {
  it("show each venue profile as it is", () => {
    const rows = tableRows(textOf("docs/venues.md"));
    const [head = []] = rows;
    const everyType = venueProfiles["generic"]?.orderTypes ?? [];
    for (const [at, name] of head.entries()) {
      if (at === 0) continue;
      const profile = venueProfiles[name] as VenueProfile;
      const cells = {
        markets: profile.market === "any" ? "spot and swap" : profile.market,
        "maker fee, taker fee": `${profile.makerFee}, ${profile.takerFee}`,
        "fee currency": profile.feeCurrency,
        "half spread, bp": profile.halfSpreadBp,
        "position modes": profile.positionModes.join(", "),
        "leverage: default, largest": `${profile.defaultLeverage}, ${profile.maxLeverage}`,
        "maintenance margin rate": profile.maintenanceMarginRate,
        "liquidation rule": profile.liquidation ?? "none",
        "fee of a deleveraged position": profile.deleveragingFee,
        "order types it lacks": everyType.filter((type) => !profile.orderTypes.includes(type)).join(", ") || "none",
        "times in force": profile.timeInForce.join(", "),
        "contingent orders": profile.contingent.join(", "),
        "resting limit past a gap": profile.gap,
        "trigger crossed on arrival": profile.crossedTrigger,
        "triggered by, its default first": profile.triggerBy.join(", "),
        "ids of orders that wait for a trigger": profile.triggerIds,
        "reduceOnly in hedge mode": profile.positionModes.includes("hedge") ? profile.reduceOnlyInHedge : "no such mode",
        amend: profile.amend,
        "client order id": profile.clientId.pattern,
        "client order id unique": profile.idempotency,
        "open orders, at most": String(profile.maxOpenOrders),
        "absence, ms: validity, engine, lag": profile.absence === null ? "none" : Object.values(profile.absence).join(", "),
        "rejected orders it still tells of": profile.rejectionMemory,
      };
      const shown = Object.keys(cells).map((title) => [title, rows.find(([first]) => first === title)?.[at]]);
      expect([name, Object.fromEntries(shown)]).toEqual([name, cells]);
    }
    const brokers = Object.values(venueProfiles).filter(({ charges }) => charges.length > 0);
    expect([...head.slice(1), ...brokers.map(({ name }) => name)].sort()).toEqual(Object.keys(venueProfiles).sort());
  });

  it("show what each venue answers to each reason, and the class of ccxt", () => {
    const rows = tableRows(textOf("docs/venues.md"));
    const names = rows.find(([title]) => title === "reason")?.slice(1) ?? [];
    expect(names).toHaveLength(4);
    for (const reason of rejectionReasons) {
      const expected = names.map((name) => {
        const { code, ccxtClass, rising } = (venueProfiles[name] as VenueProfile).rejections[reason];
        const codes = [code ?? "none", ...(rising === undefined ? [] : [rising.code])];
        return `${codes.join(", ")} ${ccxtClass ?? "update"}`;
      });
      expect(rows.find(([title]) => title === reason)).toEqual([reason, ...expected]);
    }
  });

  it("show every charge of the brokers", () => {
    const rows = tableRows(textOf("docs/venues.md"));
    for (const { name, charges } of Object.values(venueProfiles)) {
      const shown = rows.filter(([title, charge]) => title === name && charges.some((one) => one.name === charge));
      const bounds = ({ minimum, maximum, maximumShare }: Charge) => [
        ...(minimum === undefined ? [] : [`at least ${minimum} an order`]),
        ...(maximum === undefined ? [] : [`at most ${maximum} an order`]),
        ...(maximumShare === undefined ? [] : [`at most ${maximumShare} of the value`]),
      ];
      const unit = { order: "an order", quantity: "a share", value: "of the value" } as const;
      const rate = ({ basis, rate: figure }: Charge) => `${figure} ${typeof basis === "string" ? unit[basis] : `of the ${basis.charge}`}`;
      expect(shown).toEqual(charges.map((charge) => [name, charge.name, charge.side, [rate(charge), ...bounds(charge)].join(", ")]));
    }
  });

  it("name every fill setting with its default", () => {
    const rows = tableRows(textOf("docs/fill-model.md"));
    const shown = (value: unknown) => (value === null ? /^null: / : typeof value === "string" ? new RegExp(`^"?${value}"?$`) : /./);
    for (const [setting, value] of Object.entries(fillPresets["default"] ?? {})) {
      const row = rows.find(([title]) => title === setting);
      expect(row?.[1] ?? `no row for ${setting}`).toMatch(shown(value));
    }
  });

  it("name every parameter of every built-in strategy with its default", () => {
    const text = textOf("docs/strategies.md");
    for (const { name, defaults } of Object.values(builtinStrategies)) {
      const section = text.slice(text.indexOf(`\n### ${name}\n`)).split(/\n##+ /)[1] ?? "";
      const rows = new Map(tableRows(section).map(([title = "", value = ""]) => [title, value]));
      for (const [key, value] of Object.entries(defaults)) {
        const nested = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
        const expected = nested ? "{…}" : typeof value === "string" ? value : JSON.stringify(value);
        expect(rows.get(key)?.replaceAll(", ", ","), `${name}.${key}`).toBe(expected);
        const inner = nested ? Object.entries(value as Record<string, unknown>) : [];
        const line = section.split("\n").find((one) => one.startsWith(`| \`${key}\``));
        for (const [innerKey, innerValue] of inner) expect(line).toContain(`\`${innerKey}\` ${String(innerValue)}`);
      }
    }
  });

  it("name every policy with its default", () => {
    const text = textOf("docs/strategies.md");
    const section = text.slice(text.indexOf("\n## Policies\n"), text.indexOf("\n## Built in\n"));
    const rows = new Map(tableRows(section).map(([title = "", value = ""]) => [title.replace(/^… /, ""), value]));
    const { families: _families, routing: _routing, fallback, ...plain } = defaultExecutionPolicy;
    const expected = {
      ...plain,
      ...defaultRoutePolicy,
      ...familyPolicy(defaultExecutionPolicy, "entry"),
      ...defaultBackoffPolicy,
      "fallback.onReject": fallback.onReject,
      "fallback.onTimeout": fallback.onTimeout,
    };
    const keys = Object.keys(expected);
    expect(Object.fromEntries(keys.map((key) => [key, rows.get(key)]))).toEqual(
      Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, String(value)])),
    );
  });
});
