// What each thread of this program loads first, through `--import`: with the cache of compiled code its own file, and all that
// the file imports, need not be parsed and stripped of types again. It must do nothing else.
import module from "node:module";

module.enableCompileCache();
