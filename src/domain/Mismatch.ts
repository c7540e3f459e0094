/**
 * Why a value does not fit a schema, as one short line.
 *
 * This file never prints what it found: that may be as large and as deep as its writer liked, and nothing
 * that belongs in a log. Numbers, booleans and null are shown, of anything else only its kind.
 */
import * as Option from "effect/Option"
import type { ParseIssue } from "effect/ParseResult"
import * as AST from "effect/SchemaAST"

/** The first thing that does not fit. */
export interface Mismatch {
  /** The keys that lead to it, with dots between them; empty for the value as a whole. */
  readonly path: string
  /** What is wrong there, e.g. `expected a string, found an array`. */
  readonly reason: string
}

/** Reads the first mismatch out of what a decoder reported. */
export const first = (issue: ParseIssue): Mismatch => find(issue, [])

const find = (issue: ParseIssue, path: ReadonlyArray<PropertyKey>): Mismatch => {
  if (issue._tag === "Pointer") return find(issue.issue, path.concat(issue.path))
  const cause = causeOf(issue)
  return cause === undefined ? { path: path.map(printKey).join("."), reason: reasonOf(issue) } : find(cause, path)
}

/** A key comes from the writer as much as a value does: 40 characters of it, in one line. */
const printKey = (key: PropertyKey): string => JSON.stringify(String(key).slice(0, 40)).slice(1, -1)

/** The issue behind this one; `undefined` where this one says it best. */
const causeOf = (issue: ParseIssue): ParseIssue | undefined => {
  switch (issue._tag) {
    case "Composite": {
      const issues = Array.isArray(issue.issues) ? issue.issues : [issue.issues]
      return AST.isUnion(issue.ast) ? issues.find((member) => member._tag !== "Type") : issues[0]
    }
    case "Refinement":
      return issue.kind === "From" ? issue.issue : undefined
    case "Transformation":
      return issue.issue
    default:
      return undefined
  }
}

const reasonOf = (issue: Exclude<ParseIssue, { readonly _tag: "Pointer" }>): string => {
  if (issue._tag === "Missing") return "it is missing"
  if (issue._tag === "Unexpected") return "it is not expected"
  return `expected ${expected(issue.ast)}, found ${found(issue.actual)}`
}

const expected = (ast: AST.AST): string => {
  if (AST.isUnion(ast)) return ast.types.filter((type) => !AST.isUndefinedKeyword(type)).map(expected).join(" or ")
  if (AST.isTypeLiteral(ast)) return "an object"
  if (AST.isTupleType(ast)) return "an array"
  return Option.getOrElse(AST.getDescriptionAnnotation(ast), () => String(ast))
}

const found = (actual: unknown): string => {
  if (typeof actual === "object" && actual !== null) return Array.isArray(actual) ? "an array" : "an object"
  return typeof actual === "string" ? "a string" : String(actual)
}
