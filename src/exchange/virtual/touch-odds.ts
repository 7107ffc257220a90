// Whether a touch fills a resting limit, where the fill model leaves that to chance. A draw belongs to an order and a bar,
// not to a moment: it must never depend on what else has been drawn or asked before.

import { parseRatio, randomStream, type OrderNumber, type Ratio } from "../../domain/index.ts";

/** Draws are integers below 2^32. */
const draws = 4_294_967_296;

export class TouchOdds {
  declare private readonly seed: number;
  declare private readonly probability: Ratio;

  /** @param probability decimal text, from "0" (price must trade through) to "1" (a touch is enough) */
  constructor(seed: number, probability: string) {
    this.seed = seed;
    this.probability = parseRatio(probability);
  }

  /** True in `probability` of all bars, the same ones for an order whenever and however often it is asked. */
  fills(order: OrderNumber, bar: number): boolean {
    const { numerator, denominator } = this.probability;
    const drawn = randomStream(this.seed, `touch/${bar}/${order}`).integer(draws);
    return BigInt(drawn) * BigInt(denominator) < BigInt(numerator) * BigInt(draws);
  }
}
