/** CRIU's `images/apparmor.proto`. */
import {
  bytes,
  define,
  type Extensible,
  type Message,
  nested,
  repeated,
  required,
  string,
  type Value
} from "../Message.ts"

/** A message `aa_policy`. */
export const AaPolicy = define("aa_policy", {
  name: required(1, string),
  blob: required(2, bytes)
})
/** A message `aa_policy`. */
export type AaPolicy = Value<typeof AaPolicy>

/** A message `aa_namespace`. */
export const AaNamespace: Message<AaNamespace> = define("aa_namespace", {
  name: required(1, string),
  policies: repeated(2, nested(AaPolicy)),
  namespaces: repeated(3, nested((): Message<AaNamespace> => AaNamespace))
})
/** A message `aa_namespace`. */
export interface AaNamespace extends Extensible {
  readonly name: string
  readonly policies: ReadonlyArray<AaPolicy>
  readonly namespaces: ReadonlyArray<AaNamespace>
}

/** A message `apparmor_entry`. */
export const ApparmorEntry = define("apparmor_entry", {
  namespaces: repeated(1, nested(AaNamespace))
})
/** A message `apparmor_entry`. */
export type ApparmorEntry = Value<typeof ApparmorEntry>
