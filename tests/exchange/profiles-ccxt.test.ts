// The answers of the profiles against the real ccxt client: each refusal, in the form in which the venue sends it, goes
// through ccxt's own error handling, and the class that it throws must be the one that the profile names.

import * as ccxt from "ccxt";
import { describe, expect, it } from "vitest";
import { rejectionReasons, venueProfiles, type Rejection, type VenueProfile } from "../../src/exchange/virtual/index.ts";

/** A venue's reply as bytes of its wire, and how ccxt hears it. */
interface Wire {
  readonly url: string;
  readonly body: (rejection: Rejection) => unknown;
  readonly client: () => ccxt.Exchange;
}

const textUnknownToCcxt = "a text that no table has";
const filled = (rejection: Rejection) => (rejection.message ?? textUnknownToCcxt).replaceAll("%s", "1");
const codeAndMessage = (rejection: Rejection) => ({ code: Number(rejection.code), msg: filled(rejection) });

const wires: Readonly<Record<string, Wire>> = {
  "binance-usdm": { url: "https://fapi.binance.com/fapi/v1/order", body: codeAndMessage, client: () => new ccxt.binanceusdm() },
  "binance-spot": { url: "https://api.binance.com/api/v3/order", body: codeAndMessage, client: () => new ccxt.binance() },
  "bybit-linear": {
    url: "https://api.bybit.com/v5/order/create",
    body: (rejection) => ({ retCode: Number(rejection.code), retMsg: filled(rejection), result: {}, retExtInfo: {}, time: 1_735_689_600_000 }),
    client: () => new ccxt.bybit(),
  },
  hyperliquid: {
    url: "https://api.hyperliquid.xyz/exchange",
    body: (rejection) => ({ status: "ok", response: { type: "order", data: { statuses: [{ error: filled(rejection) }] } } }),
    client: () => new ccxt.hyperliquid(),
  },
};

/** Name of the class that ccxt throws for a reply; "nothing" when it takes it for a success. */
function thrown(client: ccxt.Exchange, url: string, status: number, response: unknown): string {
  try {
    const body = JSON.stringify(response);
    client.handleErrors(status, "", url, "POST", {}, body, JSON.parse(body), {}, "");
    return "nothing";
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

describe.each(Object.entries(wires))("%s", (name, wire) => {
  const profile = venueProfiles[name] as VenueProfile;
  const client = wire.client();

  it("names the classes that ccxt throws for its refusals", () => {
    const answers = rejectionReasons.filter((reason) => profile.rejections[reason] !== venueProfiles["generic"]?.rejections[reason]);
    const named = answers.map((reason) => [reason, profile.rejections[reason]] as const).filter(([, { ccxtClass }]) => ccxtClass !== null);
    const found = named.map(([reason, rejection]) => [reason, thrown(client, wire.url, rejection.status, wire.body(rejection))]);
    expect(found).toEqual(named.map(([reason, { ccxtClass }]) => [reason, ccxtClass]));
    expect(named.length).toBeGreaterThan(15);
  });

  it("names classes that ccxt has", () => {
    const classes = rejectionReasons.map((reason) => profile.rejections[reason].ccxtClass).filter((one) => one !== null);
    expect(classes.filter((one) => !(one in ccxt))).toEqual([]);
  });
});

describe("refusals that ccxt throws nothing for", () => {
  it("are Bybit's of an acknowledged order: its update has the status rejected", () => {
    const { rejections } = venueProfiles["bybit-linear"] as VenueProfile;
    const silent = rejectionReasons.filter((reason) => rejections[reason].ccxtClass === null);
    expect(silent).toEqual(["post_only_would_cross", "fill_or_kill_unfilled"]);
    const update = {
      symbol: "BTCUSDT",
      orderStatus: "Rejected",
      rejectReason: rejections.post_only_would_cross.code,
      orderId: "1",
      category: "linear",
    };
    expect(new ccxt.bybit().parseOrderStatus(update.orderStatus)).toBe("rejected");
    for (const [name, { rejections: others }] of Object.entries(venueProfiles)) {
      if (name !== "bybit-linear") expect(rejectionReasons.filter((reason) => others[reason].ccxtClass === null)).toEqual([]);
    }
  });
});

describe("Bybit's crossed trigger", () => {
  it("has a code for each direction, of the same class", () => {
    const rejection = venueProfiles["bybit-linear"]?.rejections.trigger_already_crossed as Rejection;
    const wire = wires["bybit-linear"] as Wire;
    const rising = { ...rejection, ...rejection.rising };
    expect([rejection.code, rising.code]).toEqual(["110093", "110092"]);
    expect(thrown(wire.client(), wire.url, 200, wire.body(rising))).toBe(rejection.ccxtClass);
  });
});

describe("answers to too many requests", () => {
  const answers = Object.entries(wires).flatMap(([name]) => {
    const limits = venueProfiles[name]?.requests ?? null;
    const windows = limits?.windows ?? [];
    const bans = windows.flatMap(({ name: window, ban }) => (ban === null ? [] : [[name, `${window} ban`, ban.answer] as const]));
    const budget = limits === null || limits.budget === null ? [] : [[name, "budget", limits.budget.answer] as const];
    return [...windows.map((window) => [name, window.name, window.answer] as const), ...bans, ...budget];
  });

  it.each(answers)("of %s, %s, are of the class that ccxt throws", (name, _window, answer) => {
    const wire = wires[name] as Wire;
    const client = wire.client();
    const heard = (): string => {
      const said = thrown(client, wire.url, answer.status, wire.body(answer));
      if (said !== "nothing" && answer.code !== null) return said;
      // Nothing that its own table knows: ccxt goes by the status.
      try {
        client.handleHttpStatusCode(answer.status, "", wire.url, "POST", "");
        return "nothing";
      } catch (error) {
        return (error as Error).constructor.name;
      }
    };
    expect(heard()).toBe(answer.ccxtClass);
  });

  it("are a dozen", () => expect(answers.length).toBeGreaterThan(11));
});
