// Types out of a source file of this checkout, by Node's own means, so that a page can carry code that was written in TypeScript.
// It must not be needed in a package: there the compiled files are read as they are.

import { stripTypeScriptTypes } from "node:module";

/** The same text with blanks for its types. Node's note that this function is experimental is kept from the user's terminal: it is no news of theirs. */
export function stripTypes(source: string): string {
  const emitWarning: unknown = Reflect.get(process, "emitWarning");
  process.emitWarning = () => undefined;
  try {
    return stripTypeScriptTypes(source);
  } finally {
    Reflect.set(process, "emitWarning", emitWarning);
  }
}
