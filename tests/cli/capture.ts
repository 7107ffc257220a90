// Streams that keep what is written to them.

import type { Io } from "../../src/cli/io.ts";

export function captureIo(env: Io["env"] = {}): { readonly io: Io; readonly text: { stdout: string; stderr: string } } {
  const text = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: false,
    columns: 80,
    colours: false,
    write: (part: string) => {
      text[name] += part;
    },
  });
  return { io: { stdout: stream("stdout"), stderr: stream("stderr"), env }, text };
}
