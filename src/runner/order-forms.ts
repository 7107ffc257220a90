// What kind, side, family and type decide for every order of a desk that shares them, worked out once for each combination
// that occurs: an intent finds it by its words' places, and none of them is asked again. Nothing in which two such orders may
// differ belongs here.

import {
  defaultFamily,
  families,
  namesOf,
  orderTypes,
  type Family,
  type FamilyPolicy,
  type OrderNames,
  type OrderType,
  type Reason,
  type TradeKind,
} from "../domain/index.ts";

type Direction = "LONG" | "SHORT";

/** How many of something are out. */
export interface Tally {
  count: number;
}

/** What decides about the forms of a desk; `Desk` is one. */
interface FormsOwner {
  readonly hedge: boolean;
  readonly instrument: { readonly spot: boolean };
  /** The type of an ADD that names none. */
  readonly addType: OrderType | null;
  policy(family: Family): FamilyPolicy;
  tallyOf(direction: Direction, family: Family): Tally;
}

export interface OrderForm {
  readonly kind: TradeKind;
  /** 1 for OPEN and ADD: a number is asked faster than a truth. */
  readonly growth: 0 | 1;
  readonly direction: Direction;
  /** Names of such an order that lives until it is cancelled. */
  readonly names: OrderNames;
  readonly policy: FamilyPolicy;
  /** The policy works its market intents by a route. */
  readonly routed: boolean;
  /** CLOSE: the position is being left. */
  readonly leaves: boolean;
  /** Where an order is counted while it is out. */
  readonly tally: Tally;
  /** Why no intent in these words can pass; null for most. */
  readonly flaw: Reason | null;
}

/** The forms of one kind. */
export class OrderForms {
  declare readonly kind: TradeKind;
  declare private readonly owner: FormsOwner;
  /** By place: 2 directions, 8 types and none, 9 families and none. */
  private readonly known = Array.from<OrderForm | undefined>({ length: 320 }).fill(undefined);

  constructor(kind: TradeKind, owner: FormsOwner) {
    this.kind = kind;
    this.owner = owner;
  }

  /** @param family undefined: the kind's own. @param type undefined: the policy's */
  of(direction: Direction, family: Family | undefined, type: OrderType | undefined): OrderForm {
    const ofType = type === undefined ? 8 : this.typePlace(type);
    const ofFamily = family === undefined ? 9 : this.familyPlace(family);
    const place = (direction === "LONG" ? 0 : 1) | (ofType << 1) | (ofFamily << 5);
    // A word that is none of ours has no place.
    const form = place < 0 ? undefined : this.known[place];
    if (form !== undefined) return form;
    const made = this.make(direction, family, type);
    if (place >= 0) this.known[place] = made;
    return made;
  }

  private make(direction: Direction, saidFamily: Family | undefined, saidType: OrderType | undefined): OrderForm {
    const { kind, owner } = this;
    const { hedge, addType } = owner;
    const increases = kind === "OPEN" || kind === "ADD";
    const family = saidFamily ?? defaultFamily(kind);
    const policy = owner.policy(family);
    const type = saidType ?? (kind === "ADD" ? addType : null) ?? policy.orderType;
    const side = (direction === "LONG") === increases ? "buy" : "sell";
    const reduceOnly = !increases && !hedge && !owner.instrument.spot;
    const names = namesOf({ side, leg: hedge ? direction : "NET", family, type, timeInForce: "GTC", reduceOnly });
    // A strategy in JavaScript may write any word: what is in no list would be a hole in the journal.
    const isOurs = names.code >= 0 && increases === (names.increases === 1);
    const isStyled = kind !== "ADD" || saidType !== undefined || addType !== null;
    return {
      kind,
      growth: increases ? 1 : 0,
      direction,
      names,
      policy,
      routed: policy.route !== "plain",
      leaves: kind === "CLOSE",
      tally: owner.tallyOf(direction, family),
      flaw: isOurs ? (isStyled ? null : "missing_dca_order_style") : "bad_intent",
    };
  }

  // Switches: searching costs more than all else that is done with a place.
  private familyPlace(family: Family): number {
    switch (family) {
      case "entry":
        return 0;
      case "dca":
        return 1;
      case "tp":
        return 2;
      case "sl":
        return 3;
      default:
        return families.indexOf(family);
    }
  }

  private typePlace(type: OrderType): number {
    return type === "limit" ? 1 : type === "market" ? 0 : type === "stop_market" ? 2 : orderTypes.indexOf(type);
  }
}
