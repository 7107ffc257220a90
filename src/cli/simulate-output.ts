// Keeps in a session's journal what its command printed, a strategy's own prints among it, and which files went in and came out. What
// cannot be kept is said; it fails no run.

import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import type { ExitCode } from "../domain/errors.ts";
import { wordsOf } from "../journal/sqlite/errors.ts";
import { keepBeside, type AttachedFile, type PrintedText } from "../journal/sqlite/side-rows.ts";
import type { Send } from "./simulate-request.ts";

/** More of a strategy's prints are dropped, and the last row says how many. */
const textsMax = 10_000;

class KeptOutput {
  private readonly texts: PrintedText[] = [];
  private dropped = 0;

  add(stream: PrintedText["stream"], text: string): void {
    if (this.texts.length < textsMax) this.texts.push({ stream, text, time: Date.now() });
    else this.dropped += 1;
  }

  list(): readonly PrintedText[] {
    const { dropped, texts } = this;
    if (dropped === 0) return texts;
    return [...texts, { stream: "stderr", text: `${dropped} more texts were printed and are not kept\n`, time: Date.now() }];
  }
}

/** @param run a command that keeps a journal; what it sends goes on to `send` */
export async function keepingOutput(send: Send, run: (send: Send) => Promise<ExitCode>): Promise<ExitCode> {
  const output = new KeptOutput();
  const files: { role: "data" | "report"; path: string }[] = [];
  let journal: string | null = null;
  const releases = (["stdout", "stderr"] as const).map((stream) => overheard(process[stream], (text) => output.add(stream, text)));
  let code: ExitCode;
  try {
    code = await run((message) => {
      if (message.kind === "printed") output.add(message.stream, message.text);
      if (message.kind !== "kept") send(message);
      else if (message.what === "journal") journal = message.path;
      else files.push({ role: message.what, path: message.path });
    });
  } finally {
    for (const release of releases) release();
  }
  if (journal === null) return code;
  try {
    keepBeside(journal, output.list(), await attachedFiles(files), Date.now());
  } catch (error) {
    send({ kind: "printed", stream: "stderr", text: `seatrial: the journal does not have what was printed: ${wordsOf(error)}\n` });
  }
  return code;
}

/** What is written to a stream is heard, and goes on. @returns what ends that */
function overheard(stream: NodeJS.WriteStream, hear: (text: string) => void): () => void {
  const write = stream.write.bind(stream);
  stream.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    hear(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    return write(chunk, ...rest);
  }) as typeof write;
  return () => {
    stream.write = write;
  };
}

async function attachedFiles(named: readonly { readonly role: string; readonly path: string }[]): Promise<AttachedFile[]> {
  const attached: AttachedFile[] = [];
  for (const { role, path } of named) {
    for (const file of await filesOf(path)) {
      const content = await readFile(file);
      const { mtimeMs } = await stat(file);
      const digest = createHash("sha256").update(content).digest("hex");
      attached.push({ role, path: file, sha256: digest, bytes: content.length, changed: Math.trunc(mtimeMs) });
    }
  }
  return attached;
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = await readdir(path, { withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(path, name))
    .sort();
}
