// How many decimals a currency's ledger keeps in one session. Chosen once at the start, printed in the manifest,
// never changed while the session lives.

import { parseDecimal } from "./decimal.ts";
import { SeatrialError } from "./errors.ts";
import { maxExact } from "./numbers.ts";

/** Decimals of a currency that nobody told us about. */
export const defaultMoneyScale = 8;

/** How many times its boot balance an account may grow to before exact money overflows. */
const headroom = 10n;

/**
 * Scale of a currency's money: its precision, lowered until 10 × its boot balance × 10^scale < 2^53.
 * @param balances boot balances as decimal text by currency; a currency that is absent boots at 0
 * @param precision decimals of the currency where they are known
 * @throws SeatrialError `balance_too_large` when not even whole units fit, `bad_number` for a balance that is no number
 */
export function moneyScaleOf(balances: Readonly<Record<string, string>>, currency: string, precision: number = defaultMoneyScale): number {
  const { units, scale } = parseDecimal(balances[currency] ?? "0");
  const magnitude = (units < 0n ? -units : units) * headroom;
  // magnitude × 10^(candidate - scale) ≤ 2^53 - 1, multiplied out so that nothing is divided
  for (let candidate = precision; candidate >= 0; candidate -= 1) {
    if (magnitude * 10n ** BigInt(candidate) <= BigInt(maxExact) * 10n ** BigInt(scale)) return candidate;
  }
  throw new SeatrialError({
    code: "balance_too_large",
    reason: `a balance of ${balances[currency] ?? "0"} ${currency} does not leave room for exact money`,
    hint: "boot with a balance below 900 million million, or count in a larger unit",
  });
}
