// Lint rules that keep the core rooms deterministic: same seed, same inputs, same code give the same bytes anywhere. Each rule knows what
// it forbids and nothing about folders; the linter's configuration says which rooms are core. It must never judge code outside a core room.
import type { Listeners, Plugin, Rule, RuleContext, SyntaxNode } from "./lint-types.ts";

const CLOCKS = words("Date performance Temporal");
const TIMERS = words("setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask");
const RANDOM_SOURCES = words("crypto Crypto");
const PROMISES = words("Promise PromiseLike AsyncIterable AsyncIterator AsyncGenerator AsyncIterableIterator");
const SURROUNDINGS = words(
  `process globalThis global window self navigator console require module fetch WebSocket XMLHttpRequest Worker Atomics SharedArrayBuffer
   eval Function WeakRef FinalizationRegistry`,
);

/** Their last digit differs between engines and processors; `sqrt`, the rounding family and `fround` are exact. */
const TRANSCENDENTAL = words("pow exp expm1 log log1p log2 log10 cbrt hypot sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh");
const LOCALE_METHODS = words("localeCompare toLocaleString toLocaleDateString toLocaleTimeString toLocaleUpperCase toLocaleLowerCase");

function words(list: string): readonly string[] {
  return list.split(/\s+/);
}

function asNode(value: unknown): SyntaxNode | null {
  return typeof value === "object" && value !== null && "type" in value ? (value as SyntaxNode) : null;
}

/** The property a member expression reads, `a.b` and `a["b"]` alike; null where it is computed at run time. */
function propertyName(member: SyntaxNode): string | null {
  const property = asNode(member["property"]);
  if (property === null) return null;
  if (member["computed"] !== true) return typeof property["name"] === "string" ? property["name"] : null;
  return property.type === "Literal" && typeof property["value"] === "string" ? property["value"] : null;
}

/** Every identifier of the file that means the global of that name: a parameter `process` or a property `.performance` is not one. */
function globalReferences(context: RuleContext, names: readonly string[]): SyntaxNode[] {
  const scope = context.sourceCode.scopeManager.globalScope;
  if (scope === null) return [];
  const declaredByHost = scope.variables.filter((variable) => variable.defs.length === 0).flatMap((variable) => variable.references);
  const identifiers = [...scope.through, ...declaredByHost].map((reference) => reference.identifier);
  return [...new Set(identifiers)].filter((identifier) => typeof identifier["name"] === "string" && names.includes(identifier["name"]));
}

/** A rule that forbids whole globals, and whatever the extra listeners find. */
function forbidGlobals(names: readonly string[], why: string, more: (context: RuleContext) => Listeners = () => ({})): Rule {
  return {
    create(context) {
      return {
        ...more(context),
        "Program:exit"() {
          for (const node of globalReferences(context, names)) context.report({ node, message: `${String(node["name"])}: ${why}` });
        },
      };
    },
  };
}

/** A rule that forbids some members of the global `Math`, and `Math` itself where it escapes from sight as a value. */
function forbidMath(names: readonly string[], why: string, mayEscape: boolean, more: (context: RuleContext) => Listeners = () => ({})): Rule {
  return {
    create(context) {
      return {
        ...more(context),
        "Program:exit"() {
          for (const node of globalReferences(context, ["Math"])) {
            const parent = asNode(node.parent);
            const isObject = parent !== null && parent.type === "MemberExpression" && parent["object"] === node;
            const name = isObject ? propertyName(parent) : null;
            if (name === null && !mayEscape) context.report({ node, message: "Math: use it only as Math.name, so that the function is visible" });
            if (name !== null && names.includes(name)) context.report({ node, message: `Math.${name}: ${why}` });
          }
        },
      };
    },
  };
}

const noClock = forbidGlobals(CLOCKS, "the core reads no clock; time comes with an event");

const noTimer = forbidGlobals(TIMERS, "the core starts no timer; it emits a timer effect");

const noEnvironment = forbidGlobals(SURROUNDINGS, "the core sees only what it is handed", (context) => ({
  MetaProperty(node) {
    if (asNode(node["meta"])?.["name"] === "import") context.report({ node, message: "import.meta: the core does not know where it lies" });
  },
  MemberExpression(node) {
    const name = propertyName(node);
    if (name === "stack" || name === "captureStackTrace") context.report({ node, message: `${name}: a stack trace holds paths and positions` });
  },
}));

const noAsync = forbidGlobals(PROMISES, "the core never waits; an answer is an event", (context) => {
  const onFunction = (node: SyntaxNode): void => {
    if (node["async"] === true) context.report({ node, message: "async: the core never waits; an answer is an event" });
  };
  return {
    FunctionDeclaration: onFunction,
    FunctionExpression: onFunction,
    ArrowFunctionExpression: onFunction,
    AwaitExpression: (node) => context.report({ node, message: "await: the core never waits; an answer is an event" }),
    ForOfStatement(node) {
      if (node["await"] === true) context.report({ node, message: "for await: the core never waits; an answer is an event" });
    },
    ImportExpression: (node) => context.report({ node, message: "import(): gives a promise; the core loads nothing while it runs" }),
  };
});

const noLocale = forbidGlobals(["Intl"], "its answers depend on the machine's locale data", (context) => ({
  MemberExpression(node) {
    const name = propertyName(node);
    if (name !== null && LOCALE_METHODS.includes(name)) context.report({ node, message: `${name}: depends on the machine's locale data` });
  },
  CallExpression(node) {
    const callee = asNode(node["callee"]);
    if (callee === null || callee.type !== "MemberExpression" || propertyName(callee) !== "normalize") return;
    // String's own takes nothing or the name of a form; a domain function of that name takes an object and is fine.
    const first = asNode((node["arguments"] as readonly unknown[])[0]);
    if (first === null || first.type === "Literal") context.report({ node, message: "normalize: depends on the machine's Unicode tables" });
  },
}));

const noRandomness: Rule = {
  create(context) {
    const math = forbidMath(["random"], "takes no seed; draw from the run's RandomStream", true).create(context);
    const globals = forbidGlobals(RANDOM_SOURCES, "takes no seed; draw from the run's RandomStream").create(context);
    return {
      "Program:exit"(node) {
        math["Program:exit"]?.(node);
        globals["Program:exit"]?.(node);
      },
    };
  },
};

function isBigInt(value: unknown): boolean {
  return asNode(value)?.["bigint"] !== undefined && asNode(value)?.["bigint"] !== null;
}

const noTranscendental = forbidMath(TRANSCENDENTAL, "its last digit differs between engines", false, (context) => {
  const message = "**: Number powers differ between engines; give one side as a BigInt literal or use a table";
  return {
    BinaryExpression(node) {
      // BigInt and Number do not mix at run time, so one BigInt literal proves the whole operation exact.
      if (node["operator"] === "**" && !isBigInt(node["left"]) && !isBigInt(node["right"])) context.report({ node, message });
    },
    AssignmentExpression(node) {
      if (node["operator"] === "**=" && !isBigInt(node["right"])) context.report({ node, message });
    },
  };
});

const noImplicitOrder: Rule = {
  create(context) {
    return {
      CallExpression(node) {
        const callee = asNode(node["callee"]);
        if (callee === null || callee.type !== "MemberExpression") return;
        const name = propertyName(callee);
        if ((name !== "sort" && name !== "toSorted") || (node["arguments"] as readonly unknown[]).length > 0) return;
        context.report({ node, message: `${name}(): give a comparator with a total order` });
      },
      ForInStatement: (node) => context.report({ node, message: "for…in: its order mixes number-like keys, insertion and the prototype" }),
    };
  },
};

const plugin: Plugin = {
  meta: { name: "determinism" },
  rules: {
    "no-clock": noClock,
    "no-timer": noTimer,
    "no-async": noAsync,
    "no-randomness": noRandomness,
    "no-environment": noEnvironment,
    "no-locale": noLocale,
    "no-transcendental": noTranscendental,
    "no-implicit-order": noImplicitOrder,
  },
};

export default plugin;
