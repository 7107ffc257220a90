// Colour for a stream, or none: a stream that is no terminal, NO_COLOR and dumb terminals get plain text. Meaning is
// never carried by colour alone.

import { styleText } from "node:util";

export type Ink = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** Wraps text in the escape codes of an ink, or leaves it as it is. */
export type Paint = (ink: Ink, text: string) => string;

const plain: Paint = (_ink, text) => text;
const coloured: Paint = (ink, text) => styleText(ink, text, { validateStream: false });

export function paintOf(colours: boolean): Paint {
  return colours ? coloured : plain;
}

/** Whether a stream takes colours: `styleText` knows NO_COLOR, FORCE_COLOR, NODE_DISABLE_COLORS and what the stream is. */
export function takesColours(stream: NodeJS.WritableStream): boolean {
  return styleText("red", "x", { stream }) !== "x";
}
