/** Where else a container may be that the one runtime that was asked does not know. */
import * as Option from "effect/Option"
import type { RuntimeName, Settings } from "./Settings.ts"

/** A hint: why only this runtime was asked, and what names another place of it. */
export const elsewhere = (runtime: RuntimeName, settings: Settings): string => {
  const flag = (["runtime", "host", "address", "namespace", "root"] as const).find((name) =>
    Option.isSome(settings[name])
  )
  const why = flag === undefined
    ? "the only runtime that is here"
    : `as --${flag}${variables[flag] === undefined ? "" : ` or ${variables[flag]}`} says`
  return `only ${runtime} was asked, ${why}; ${places[runtime]}`
}

const variables: Readonly<Record<string, string>> = { runtime: "STASIS_RUNTIME", root: "STASIS_RUNTIME_ROOT" }

const places: Readonly<Record<RuntimeName, string>> = {
  docker: "--host names another daemon",
  containerd: "--namespace names another namespace, and --address another daemon",
  runc: "--root names another root of it",
  crun: "--root names another root of it",
  criu: "stasis ps lists the names, and pid:PID needs none",
  memory: "stasis ps lists its containers"
}
