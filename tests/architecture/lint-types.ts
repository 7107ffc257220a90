// The small part of the linter's plugin interface that the determinism rules use, typed here because the linter exports no types for it.
// It must never grow behaviour.

/** A syntax node: `type` names it, the rest depends on the type. */
export interface SyntaxNode {
  readonly type: string;
  readonly parent?: SyntaxNode | null;
  readonly [key: string]: unknown;
}

interface Reference {
  readonly identifier: SyntaxNode;
}

interface Scope {
  readonly through: readonly Reference[];
  readonly variables: readonly { readonly defs: readonly unknown[]; readonly references: readonly Reference[] }[];
}

export interface RuleContext {
  readonly sourceCode: { readonly scopeManager: { readonly globalScope: Scope | null } };
  report(problem: { node: SyntaxNode; message: string }): void;
}

/** Listeners by node type; `:exit` runs after the node's children. */
export type Listeners = Readonly<Record<string, (node: SyntaxNode) => void>>;

export interface Rule {
  create(context: RuleContext): Listeners;
}

export interface Plugin {
  readonly meta: { readonly name: string };
  readonly rules: Readonly<Record<string, Rule>>;
}
