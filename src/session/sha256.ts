// sha-256 for the rooms that may not import it: the shell passes it in.

import { createHash } from "node:crypto";

import type { Sha256 } from "../market/index.ts";

export function createSha256(): Sha256 {
  const hash = createHash("sha256");
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    digest: () => hash.digest("hex"),
  };
}
