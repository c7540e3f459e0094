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

/** A profile of AppArmor, as the kernel had compiled it. */
export const AaPolicy = define("aa_policy", {
  name: required(1, string),
  blob: required(2, bytes)
})
/** A profile of AppArmor, as the kernel had compiled it. */
export type AaPolicy = Value<typeof AaPolicy>

/** A namespace of AppArmor with its profiles, and the namespaces within it. */
export const AaNamespace: Message<AaNamespace> = define("aa_namespace", {
  name: required(1, string),
  policies: repeated(2, nested(AaPolicy)),
  namespaces: repeated(3, nested((): Message<AaNamespace> => AaNamespace))
})
/** A namespace of AppArmor with its profiles, and the namespaces within it. */
export interface AaNamespace extends Extensible {
  readonly name: string
  readonly policies: ReadonlyArray<AaPolicy>
  readonly namespaces: ReadonlyArray<AaNamespace>
}

/** The profiles of AppArmor that confined the processes. */
export const ApparmorEntry = define("apparmor_entry", {
  namespaces: repeated(1, nested(AaNamespace))
})
/** The profiles of AppArmor that confined the processes. */
export type ApparmorEntry = Value<typeof ApparmorEntry>
