// Request limits: windows, waiting, bans that grow, an address's budget. The figures are those of the venues' pages.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Millis } from "../../src/domain/index.ts";
import {
  RequestWeights,
  venueProfiles,
  type Admission,
  type RequestKind,
  type RequestLimits,
  type RequestWindow,
} from "../../src/exchange/virtual/index.ts";

// 2025-01-01T00:00:00Z, the start of a minute and of a day
const midnight = 1_735_689_600_000;
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

function limitsOf(venue: string): RequestLimits {
  const limits = venueProfiles[venue]?.requests;
  if (limits === null || limits === undefined) throw new Error(`${venue} has no request limits`);
  return limits;
}

/** "ok", or the status and until when, in seconds after midnight. */
function said(admission: Admission): string {
  return admission.admitted ? "ok" : `${admission.answer.status} until ${(admission.until - midnight) / second}`;
}

class Client {
  readonly weights: RequestWeights;

  constructor(limits: RequestLimits) {
    this.weights = new RequestWeights(limits);
  }

  ask(kind: RequestKind, atMs: number): string {
    return said(this.weights.admit(kind, (midnight + atMs) as Millis));
  }

  /** The answers to `count` requests of one instant, without repetitions. */
  burst(kind: RequestKind, count: number, atMs: number): string[] {
    const answers = Array.from({ length: count }, () => this.ask(kind, atMs));
    return answers.filter((answer, at) => answer !== answers[at - 1]);
  }
}

describe("Binance USD-M", () => {
  const client = () => new Client(limitsOf("binance-usdm"));

  it("takes 300 orders in ten seconds, whatever the weight, and the next at the start of the next ten", () => {
    const one = client();
    expect(one.burst("submit", 300, 3 * second)).toEqual(["ok"]);
    expect(one.ask("submit", 9 * second)).toBe("429 until 10");
    expect(one.ask("cancel", 9 * second)).toBe("ok");
    expect(one.ask("submit", 10 * second)).toBe("ok");
  });

  it("takes 1200 orders a minute", () => {
    const one = client();
    for (const start of [0, 10, 20, 30]) expect(one.burst("submit", 300, start * second)).toEqual(["ok"]);
    expect(one.ask("submit", 40 * second)).toBe("429 until 60");
    expect(one.ask("submit", minute)).toBe("ok");
  });

  it("takes 2400 of weight a minute: 480 questions of weight 5", () => {
    const one = client();
    expect(one.burst("query_fills", 480, 0)).toEqual(["ok"]);
    expect(one.ask("server_time", 59 * second)).toBe("429 until 60");
    // Orders weigh nothing on the address.
    expect(one.ask("submit", 59 * second)).toBe("ok");
    expect(one.ask("query_fills", minute)).toBe("ok");
  });

  it("warns a client that goes on ten times, then bans the address for two minutes, from everything", () => {
    const one = client();
    one.burst("query_fills", 480, 0);
    // The first 429 names the time; ten that come before it are forgiven.
    expect(one.burst("query_fills", 11, second)).toEqual(["429 until 60"]);
    expect(one.ask("query_fills", second)).toBe("418 until 121");
    expect(one.ask("submit", 120 * second)).toBe("418 until 121");
    expect(one.ask("submit", 121 * second)).toBe("ok");
  });

  it("bans a repeat offender longer each time, never beyond three days", () => {
    const one = client();
    let now = 0;
    const lengths: number[] = [];
    for (let offence = 0; offence < 7; offence += 1) {
      one.burst("query_fills", 480, now);
      one.burst("query_fills", 11, now);
      const answer = one.ask("query_fills", now);
      const until = Number(answer.replace("418 until ", ""));
      lengths.push(until - now / second);
      // The minute after the ban.
      now = Math.ceil((until * second) / minute) * minute;
    }
    // 2 min, then six times the one before: 12 min, 72 min, 7.2 h, 43.2 h; 259.2 h is more than 3 days.
    expect(lengths).toEqual([120, 720, 4_320, 25_920, 155_520, 259_200, 259_200]);
  });

  it("forgives a client that waited: only requests before the named time count", () => {
    const one = client();
    for (let at = 0; at < 20; at += 1) {
      one.burst("query_fills", 480, at * minute);
      expect(one.burst("query_fills", 5, at * minute)).toEqual([`429 until ${(at + 1) * 60}`]);
    }
  });
});

describe("Binance spot", () => {
  it("takes 100 orders in ten seconds and 200,000 a day", () => {
    const one = new Client(limitsOf("binance-spot"));
    for (let tens = 0; tens < 2_000; tens += 1) expect(one.burst("submit", 100, tens * 10 * second)).toEqual(["ok"]);
    expect(one.ask("submit", 20_000 * second)).toBe("429 until 86400");
    expect(one.ask("submit", 24 * hour)).toBe("ok");
  });

  it("takes 6000 of weight a minute: 300 questions for fills", () => {
    const one = new Client(limitsOf("binance-spot"));
    expect(one.burst("query_fills", 300, 0)).toEqual(["ok"]);
    expect(one.ask("cancel", 1)).toBe("429 until 60");
  });
});

describe("Bybit", () => {
  const client = () => new Client(limitsOf("bybit-linear"));

  it("takes 10 orders in any second, and the next when the oldest is a second old", () => {
    const one = client();
    expect(one.burst("submit", 5, 500)).toEqual(["ok"]);
    expect(one.burst("submit", 5, 900)).toEqual(["ok"]);
    expect(one.ask("submit", 1_499)).toBe("200 until 1.5");
    expect(one.ask("cancel", 1_499)).toBe("ok");
    expect(one.burst("submit", 5, 1_500)).toEqual(["ok"]);
    expect(one.ask("submit", 1_500)).toBe("200 until 1.9");
  });

  it("says 10006 for an account's limit", () => {
    const one = client();
    one.burst("submit", 10, 0);
    expect(one.weights.admit("submit", midnight as Millis)).toMatchObject({ admitted: false, answer: { code: "10006" } });
  });

  it("shuts an address out for ten minutes after 600 requests in five seconds", () => {
    const one = client();
    expect(one.burst("bars", 600, 0)).toEqual(["ok"]);
    expect(one.ask("bars", 4 * second)).toBe("403 until 604");
    expect(one.ask("submit", 603 * second)).toBe("403 until 604");
    expect(one.ask("submit", 604 * second)).toBe("ok");
  });
});

describe("Hyperliquid", () => {
  const client = () => new Client(limitsOf("hyperliquid"));

  it("takes 1200 of weight in any minute: 60 questions for fills", () => {
    const one = client();
    expect(one.burst("query_fills", 30, 0)).toEqual(["ok"]);
    expect(one.burst("query_fills", 30, 20 * second)).toEqual(["ok"]);
    expect(one.ask("submit", 30 * second)).toBe("429 until 60");
    expect(one.burst("query_fills", 30, minute)).toEqual(["ok"]);
    expect(one.ask("query_order", minute)).toBe("429 until 80");
  });

  /** Spends an address's actions at a pace that the weight allows. @returns the time after the last */
  function spend(one: Client, count: number, from: number): number {
    let at = from;
    for (let left = count; left > 0; left -= 1_200) {
      expect(one.burst("submit", Math.min(left, 1_200), at)).toEqual(["ok"]);
      at += minute;
    }
    return at;
  }

  it("gives an address 10,000 actions, then one every ten seconds, but goes on taking cancels", () => {
    const one = client();
    const at = spend(one, 10_000, 0);
    expect(one.ask("submit", at)).toBe("ok");
    expect(one.ask("submit", at + second)).toBe(`200 until ${at / second + 10}`);
    expect(one.ask("cancel", at + second)).toBe("ok");
    expect(one.ask("query_order", at + second)).toBe("ok");
  });

  it("gives one action more for each USDC traded", () => {
    const one = client();
    one.weights.earn(500);
    const at = spend(one, 10_500, 0) - minute;
    expect(one.ask("submit", at + second)).toMatch(/^200 until /);
  });
});

describe("any limits", () => {
  const window: RequestWindow = {
    name: "w",
    limit: 7,
    intervalMs: 100,
    shape: "rolling",
    weights: { submit: 1, bars: 3 },
    answer: { status: 429, code: null, message: null, ccxtClass: "RateLimitExceeded" },
    ban: null,
  };
  const tight: RequestLimits = { windows: [window, { ...window, shape: "fixed", limit: 9, intervalMs: 250 }], budget: null };
  const requests = fc.array(fc.tuple(fc.constantFrom<RequestKind[]>("submit", "bars", "cancel"), fc.integer({ min: 0, max: 60 })), { maxLength: 80 });

  it("never admit more than a window holds, and always admit at the time they named", () => {
    fc.assert(
      fc.property(requests, (list) => {
        const weights = new RequestWeights(tight);
        const taken: [number, number][] = [];
        let time = 0;
        for (const [kind, pause] of list) {
          time += pause;
          const answer = weights.admit(kind, time as Millis);
          const weight = kind === "submit" ? 1 : kind === "bars" ? 3 : 0;
          if (answer.admitted) taken.push([time, weight]);
          else {
            expect(answer.until).toBeGreaterThan(time);
            const later = new RequestWeights(tight);
            later.restore(weights.snapshot());
            expect(later.admit(kind, answer.until).admitted).toBe(true);
          }
          const since = (from: number) => taken.filter(([at]) => at >= from).reduce((sum, [, one]) => sum + one, 0);
          expect(since(time - 99)).toBeLessThanOrEqual(7);
          expect(since(time - (time % 250))).toBeLessThanOrEqual(9);
        }
      }),
    );
  });

  it("go on from a snapshot as if nothing had happened, also through JSON", () => {
    fc.assert(
      fc.property(requests, requests, (before, after) => {
        const limits = limitsOf("bybit-linear");
        const one = new RequestWeights(limits);
        let time = midnight;
        const ask = (client: RequestWeights, list: typeof before, start: number) => {
          let at = start;
          return list.map(([kind, pause]) => {
            at += pause;
            return said(client.admit(kind, at as Millis));
          });
        };
        ask(one, before, time);
        time += before.reduce((sum, [, pause]) => sum + pause, 0);
        const other = new RequestWeights(limits);
        other.restore(JSON.parse(JSON.stringify(one.snapshot())) as ReturnType<RequestWeights["snapshot"]>);
        expect(ask(other, after, time)).toEqual(ask(one, after, time));
        expect(other.snapshot()).toEqual(one.snapshot());
      }),
    );
  });

  it("refuse a clock that goes back", () => {
    const weights = new RequestWeights(tight);
    weights.admit("submit", 10 as Millis);
    expect(() => weights.admit("submit", 9 as Millis)).toThrow("after one at 10");
  });
});
