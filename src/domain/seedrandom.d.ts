// The one generator of seedrandom that is used, whose own file the package's types do not name.
declare module "seedrandom/lib/alea.js" {
  import type seedrandom from "seedrandom";
  const alea: typeof seedrandom.alea;
  export default alea;
}
