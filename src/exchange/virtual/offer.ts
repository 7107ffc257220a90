// What a venue's profile offers, as an answer to the question that each order asks. It must never decide anything else.

import { orderTypes, timesInForce, type OrderNames } from "../../domain/index.ts";
import type { VenueProfile } from "./profile.ts";

/** The profile's two lists as a table: searching the lists was a hundred instructions an order. */
export class Offer {
  /** 1 where the venue takes a type with a life: by the bits of both in an order's code. */
  declare private readonly taken: readonly number[];

  constructor({ orderTypes: offered, timeInForce: lives }: VenueProfile) {
    this.taken = Array.from({ length: 128 }, (_, at) => {
      const type = orderTypes[at >> 3];
      const life = timesInForce[at & 7];
      return type !== undefined && life !== undefined && offered.includes(type) && lives.includes(life) ? 1 : 0;
    });
  }

  has({ code }: OrderNames): boolean {
    return code >= 0 && this.taken[(code >> 4) & 127] === 1;
  }
}
