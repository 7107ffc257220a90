// Hand-written cases for the tests of this folder: one in, one verdict out. It must never hold an expectation of its own.

import { expect } from "vitest";
import { judge, type Verdict } from "./kinds.ts";

/** A case's body but for its id, kind and class. */
export interface HandCase {
  readonly expected?: object;
  readonly [part: string]: unknown;
}

export function verdict(kind: string, body: HandCase, named: "universal" | "conventional" = "universal"): Verdict {
  return judge({ id: "hand", kind, class: named, file: "hand.json", body: { id: "hand", kind, class: named, ...body } }, () => null);
}

/** The case agrees, and differs in what the words say once its expectation is replaced. */
export function expectChecked(kind: string, body: HandCase, wrong: object, why: string): void {
  expect(verdict(kind, body)).toEqual({ verdict: "agree" });
  expect(verdict(kind, { ...body, expected: { ...body.expected, ...wrong } })).toEqual({
    verdict: "differ",
    why: expect.stringContaining(why) as string,
  });
}
