// A plugin of Stryker: what no mutation test can say anything about, the texts for people. It must never hide a condition that
// decides something.

/** What Stryker hands over of a syntax node. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly callee?: Node;
  readonly arguments?: readonly Node[];
}

interface Path {
  readonly node: Node;
  readonly parent: Node | null;
}

const errors = new Set(["SeatrialError", "InvariantError"]);

function shouldIgnore({ node, parent }: Path): string | undefined {
  if (node.type === "NewExpression" && errors.has(node.callee?.name ?? "")) return "what an error says; that it is thrown stays under test";
  const isMessage = parent?.type === "CallExpression" && parent.callee?.name === "assert" && (parent.arguments?.indexOf(node) ?? 0) > 0;
  return isMessage ? "the message of an assertion" : undefined;
}

export const strykerPlugins = [{ kind: "Ignore", name: "prose", value: { shouldIgnore } }];
