// Everything that the figures and tables of a run are made of, from the run itself or from its folder. It must never hold a
// figure: it holds rows, columns and what the journal's lines say.

import { Instrument, parseUnits, SeatrialError } from "../../domain/index.ts";
import type {
  Envelope,
  FillDetail,
  FinalState,
  FundingRow,
  JournalRows,
  LiquidationRow,
  OrderRow,
  RunMetrics,
  SkipRow,
  UnprotectedRow,
} from "../../journal/index.ts";
import type { BarsEntry, Manifest } from "../manifest.ts";
import { JournalReader, type BootUnits, type WayFacts } from "./journal-reader.ts";
import { pricedFills, type PricedFill } from "./requested-price.ts";
import type { EquityColumns } from "./returns.ts";
import type { OpenTrade, TradeLine } from "./trade-line.ts";

/** One market and the ends of its finest series. */
export interface MarketFacts {
  readonly instrument: Instrument;
  readonly timeframe: string;
  readonly from: number;
  readonly to: number;
  readonly bars: number;
  readonly firstClose: string | null;
  readonly lastClose: string | null;
}

/** What a run's settings say, before its journal is read. */
export interface RunFrame {
  readonly manifest: Manifest;
  readonly settlement: string;
  readonly moneyScale: number;
  /** Units of the settlement currency before the first bar. */
  readonly startingBalance: number;
  readonly boot: readonly BootUnits[];
  /** The account held positions or other currencies before the first bar. */
  readonly holdings: boolean;
  readonly markets: readonly MarketFacts[];
  /** First open and last close of all markets, epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** Rows that a run and its folder both have. */
export interface RunSource {
  readonly orders: readonly OrderRow[];
  readonly fills: readonly FillDetail[];
  readonly skipped: readonly SkipRow[];
  readonly funding: readonly FundingRow[];
  readonly liquidations: readonly LiquidationRow[];
  readonly unprotected: readonly UnprotectedRow[];
  readonly routes: JournalRows["routes"];
  readonly final: FinalState;
  readonly metrics: RunMetrics;
  readonly envelope: Envelope | null;
  readonly equity: EquityColumns;
}

export interface RunFacts extends RunFrame, Omit<RunSource, "fills"> {
  readonly fills: readonly PricedFill[];
  /** From flat to flat, in the order in which they closed. */
  readonly trades: readonly TradeLine[];
  /** One a closing order. */
  readonly exits: readonly TradeLine[];
  readonly open: readonly OpenTrade[];
  readonly way: WayFacts;
  /** Why each order was sent, in the order of the rows; null where the journal does not say. */
  readonly purposes: readonly (string | null)[];
}

/** @throws SeatrialError `old_run` for a manifest of a version without metrics */
export function runFrame(manifest: Manifest): RunFrame {
  const { account, markets: rules, scales, hashes } = manifest;
  if (account === undefined || rules === undefined) {
    throw new SeatrialError({
      code: "old_run",
      reason: `the run was written by version ${manifest.versions.seatrial}, which kept no account and no market rules beside it`,
      hint: "simulate the scenario again",
    });
  }
  const { settlement, balances, positions } = account;
  const moneyScale = scales.money[settlement] ?? 0;
  const markets = rules.map((each) => {
    const { symbol } = each;
    const scale = { price: scales.price[symbol] ?? 0, quantity: scales.quantity[symbol] ?? 0, money: moneyScale };
    return marketFacts(
      new Instrument(each, scale),
      hashes.bars.find((bars) => bars.symbol === symbol),
    );
  });
  const boot = positions.map(({ symbol, leg, quantity, entryPrice }) => {
    const market = rules.findIndex((each) => each.symbol === symbol);
    const { priceScale, quantityScale } = (markets[market] as MarketFacts).instrument;
    return { market, leg, quantity: parseUnits(quantity, quantityScale), price: parseUnits(entryPrice, priceScale) };
  });
  return {
    manifest,
    settlement,
    moneyScale,
    startingBalance: parseUnits(balances[settlement] ?? "0", moneyScale),
    boot,
    holdings: boot.length > 0 || Object.entries(balances).some(([currency, balance]) => currency !== settlement && Number(balance) !== 0),
    markets,
    from: Math.min(...markets.map(({ from }) => from)),
    to: Math.max(...markets.map(({ to }) => to)),
  };
}

/** A reader for the journal of this run. */
export function journalReader({ markets, boot, from }: RunFrame): JournalReader {
  return new JournalReader(
    markets.map(({ instrument }) => instrument),
    boot,
    from,
  );
}

/** @param reader has taken every line of the journal */
export function runFacts(frame: RunFrame, source: RunSource, reader: JournalReader): RunFacts {
  const { legs } = reader;
  const closed = (of: "trades" | "exits"): TradeLine[] => legs.flatMap((leg) => leg[of]).sort((a, b) => a.exitTime - b.exitTime);
  return {
    ...frame,
    ...source,
    fills: pricedFills(source.fills, source.orders, ({ clientOrderId }) => reader.lastCloseOf(clientOrderId)),
    trades: closed("trades"),
    exits: closed("exits"),
    open: legs.flatMap(({ open }) => open ?? []),
    way: reader.way,
    purposes: source.orders.map(({ clientOrderId }) => reader.reasonOf(clientOrderId)),
  };
}

function marketFacts(instrument: Instrument, bars: BarsEntry | undefined): MarketFacts {
  return {
    instrument,
    timeframe: bars?.timeframe ?? "",
    from: bars?.from ?? 0,
    to: bars?.to ?? 0,
    bars: bars?.bars ?? 0,
    firstClose: bars?.firstClose ?? null,
    lastClose: bars?.lastClose ?? null,
  };
}
