// Where the files of the running copy lie: the source in a checkout, in a package the compiled code. A URL in the text of a file cannot
// tell, because whoever compiles and joins the files rewrites their imports only. It must never read one.

const isSource = import.meta.url.endsWith(".ts");

/** The package's own folder: two above `src/session/` and above `dist/parts/` alike. */
const root = new URL("../../", import.meta.url);

/** What `exports` of this package has to be asked with, so that its names mean the running copy. */
export const ownConditions: readonly string[] = isSource ? ["seatrial-source"] : [];

/** @param path of a file from the package's folder */
export function ownFile(path: string): URL {
  return new URL(path, root);
}

/** @param path of a module from the source's folder, without its ending */
export function ownModule(path: string): URL {
  return ownFile(isSource ? `src/${path}.ts` : `dist/${path}.js`);
}

/** Whether modules have types that are to be stripped. */
export function isTyped(): boolean {
  return isSource;
}

const threadLoader: readonly string[] = ["--import", ownFile("bin/thread.mjs").href];

/**
 * Flags with which a thread takes its code out of the same cache as its process, its first file included. A process that strips types
 * of a checkout's modules instead loads a WebAssembly module that grows its memory, after which V8 looks at each access of
 * each typed array whether its buffer still is there: three instructions more, for as long as the process lives.
 */
export function threadFlags(own: readonly string[] = process.execArgv): string[] {
  return [...own, ...threadLoader];
}

/** Flags of this process for another program: without `threadFlags`'s own. */
export function programFlags(): string[] {
  return process.execArgv.filter((flag) => !threadLoader.includes(flag));
}
