// The page as text: its policy names exactly what it carries, nothing in it can close an element early, and it asks for nothing.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { renderRunPage } from "../../../src/report/page/index.ts";
import { longView } from "./long-view.ts";
import { workedView } from "./worked-view.ts";

const html = renderRunPage(workedView);

/** The text of each element of a name, as an HTML parser cuts it: up to the first closing tag. */
function elements(name: string): string[] {
  return [...html.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}`, "gi"))].map(([, text = ""]) => text);
}

const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("the text of a page", () => {
  it("allows its own scripts and style by their hashes, images in the page, and nothing else", () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const [data = "", library = "", page = ""] = elements("script");
    const [style = ""] = elements("style");
    expect(data).toMatch(/^"[A-Za-z0-9+/=]+"$/);
    expect(policy).toBe(
      `default-src 'none'; script-src ${sha256(library)} ${sha256(page)}; style-src ${sha256(style)}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  });

  it("names no address to load from", () => {
    expect([...html.matchAll(/<(?:link|img|iframe|script|source|object|embed)\b[^>]*\b(?:src|href|data)=/gi)].map(([tag]) => tag)).toEqual([]);
    const [style = ""] = elements("style");
    expect(style).not.toMatch(/url\(|@import/);
  });

  it("holds a hostile name as text", () => {
    const name = '</title><script>alert("&")</script>';
    const [, title = ""] = /<title>([^<]*)<\/title>/.exec(renderRunPage({ ...workedView, scenario: name })) ?? [];
    const signs: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
    expect(title.replaceAll(/&(\w+);/g, (_, sign: string) => signs[sign] ?? "")).toBe(`${name} · Seatrial`);
  });

  it("is the same for the same view", () => {
    expect(renderRunPage(workedView)).toBe(html);
  });

  it("is below two megabytes for 50,000 bars", () => {
    const bytes = Buffer.byteLength(renderRunPage(longView({ bars: 50_000, orders: 300, quietSteps: 5000 })));
    expect(bytes).toBeLessThan(2_000_000);
  });
});
