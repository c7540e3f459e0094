/**
 * The pure decisions about which runtime is meant: what the flags say, what is there, and what those that were asked
 * for a container answered.
 *
 * Nobody is asked here.
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import {
  AmbiguousRuntime,
  type ChoiceError,
  RuntimesUnavailable,
  type Unasked,
  UnknownContainer,
  UnsureRuntime
} from "./ChoiceError.ts"
import type { RuntimeName, Settings } from "./Settings.ts"
import type { Silence } from "./silence.ts"
import { UsageError } from "./UsageError.ts"

/** What a runtime said when it was asked for a container. */
export type Answer =
  | { readonly _tag: "Found"; readonly found: Found }
  /** A prefix of several ids. */
  | { readonly _tag: "Several"; readonly ids: ReadonlyArray<string> }
  | { readonly _tag: "None" }
  /** It could not be asked, or did not answer in time. */
  | { readonly _tag: "Unasked" } & Silence

/** A container as far as telling it from others needs it. */
export interface Found {
  readonly id: string
  /** The id is only known to begin so. */
  readonly isPart?: boolean
  readonly name?: string | undefined
  /** Its first process, while there is one. */
  readonly pid?: number | undefined
}

/** The answers, in the order of {@link runtimesThere}. */
export type Answers = ReadonlyArray<{ readonly runtime: RuntimeName; readonly answer: Answer }>

/**
 * What the flags say: one runtime, `oci` for whichever of runc and crun keeps its state in the root that was named, or none
 * where any may be meant. Flags of two runtimes at once are refused.
 */
export const meant = (
  { address, host, namespace, root, runtime }: Pick<Settings, "address" | "host" | "namespace" | "root" | "runtime">
): Either.Either<Option.Option<RuntimeName | "oci">, UsageError> => {
  const given = [
    ...(Option.isSome(runtime) ? [{ flag: `--runtime ${runtime.value}`, runtime: runtime.value }] : []),
    ...(Option.isSome(host) ? [{ flag: "--host", runtime: "docker" as const }] : []),
    ...(Option.isSome(address) ? [{ flag: "--address", runtime: "containerd" as const }] : []),
    ...(Option.isSome(namespace) ? [{ flag: "--namespace", runtime: "containerd" as const }] : [])
  ]
  const [first] = given
  // A root may come from the environment, where it stands for the runtimes that have one.
  if (first === undefined) return Either.right(Option.as(root, "oci" as const))
  const other = given.find((one) => one.runtime !== first.runtime)
  return other === undefined ? Either.right(Option.some(first.runtime)) : Either.left(
    new UsageError({
      command: "stasis",
      detail: `flags of two runtimes: ${first.flag} and ${other.flag}, leave one out`
    })
  )
}

/** Where the runtimes that are no daemons keep what they know, and the daemons listen. */
export interface Places {
  /** A socket, or nothing where it is no file of this machine. */
  readonly docker: Option.Option<string>
  readonly containerd: Option.Option<string>
  /** Folders, any of which shows that there is something to ask. */
  readonly runc: ReadonlyArray<string>
  readonly crun: ReadonlyArray<string>
  readonly criu: ReadonlyArray<string>
}

/** The runtimes that are there: an engine comes before what it may stand on. */
export const runtimesThere = (places: Places, exists: (path: string) => boolean): ReadonlyArray<RuntimeName> => [
  // Of one on the network it is not known before it is asked.
  ...(["docker", "containerd"] as const).filter((runtime) =>
    Option.match(places[runtime], { onNone: () => true, onSome: exists })
  ),
  ...(["runc", "crun", "criu"] as const).filter((runtime) => places[runtime].some(exists))
]

/** The file of a daemon's address: `unix:///run/docker.sock`; none for one that is on the network. */
export const socketOf = (address: string): Option.Option<string> =>
  address.startsWith("unix://")
    ? Option.some(address.slice("unix://".length))
    : address.startsWith("/")
    ? Option.some(address)
    : Option.none()

/** Which of runc and crun keeps its state in a root: runc, unless what is there is all crun's. */
export const ofRoot = (
  root: string,
  names: (path: string) => ReadonlyArray<string>,
  exists: (path: string) => boolean
): "runc" | "crun" => {
  const homes = names(root).map((id) => `${root}/${id}`)
  return homes.some((home) => exists(`${home}/status`)) && !homes.some((home) => exists(`${home}/state.json`))
    ? "crun"
    : "runc"
}

/** What a command does with the container: it looks at it and its checkpoints, or changes something. */
export type Intent = "read" | "change"

/**
 * Decides whose container a reference means. A whole id or name is preferred to a prefix; a container that an engine
 * and what it stands on both know is the engine's. Nothing is changed while a runtime that might know it, too, is silent.
 */
export const decide = (
  reference: string,
  answers: Answers,
  intent: Intent
): Either.Either<RuntimeName, ChoiceError> => {
  const matches = answers.flatMap(({ answer, runtime }): ReadonlyArray<Match> =>
    answer._tag === "Found"
      ? [{ runtime, ...answer.found }]
      : answer._tag === "Several"
      ? answer.ids.map((id) => ({ runtime, id }))
      : []
  )
  const exact = matches.filter((match) => isExact(reference, match))
  const pool = withoutDoubles(exact.length > 0 ? exact : matches)
  const [first] = pool
  if (first === undefined) return Either.left(nobody(reference, answers))
  const unsure = silent(answers, ({ barred }) => !barred)
  if (intent === "change" && unsure.length > 0) {
    return Either.left(new UnsureRuntime({ container: reference, matches: pool.map(known), unasked: unsure }))
  }
  // Several of one runtime: it says so itself.
  if (pool.every((one) => one.runtime === first.runtime)) return Either.right(first.runtime)
  return Either.left(new AmbiguousRuntime({ container: reference, matches: pool.map(known) }))
}

const known = ({ id, name, runtime }: Match) => ({ runtime, id, ...(name === undefined ? {} : { name }) })

const silent = (answers: Answers, which: (silence: Silence) => boolean): ReadonlyArray<Unasked> =>
  answers.flatMap(({ answer, runtime }) =>
    answer._tag === "Unasked" && which(answer) ? [{ runtime, detail: answer.detail }] : []
  )

/** Those of a list that no runtime before in the list has as well. */
export const withoutDoubles = <A extends Match>(matches: ReadonlyArray<A>): ReadonlyArray<A> =>
  matches.filter((one, index) =>
    !matches.slice(0, index).some((before) => before.runtime !== one.runtime && isSame(before, one))
  )

interface Match extends Found {
  readonly runtime: RuntimeName
}

/** Engines draw ids that nobody draws twice; of others only the process tells. */
const isSame = (a: Match, b: Match): boolean =>
  (a.pid !== undefined && a.pid === b.pid) || (a.id === b.id && /^[0-9a-f]{64}$/.test(a.id))

const isExact = (reference: string, { id, isPart = false, name }: Match): boolean =>
  (id === reference && !isPart) || (name !== undefined && (name === reference || `/${name}` === reference))

const nobody = (container: string, answers: Answers): UnknownContainer | RuntimesUnavailable => {
  const unasked = silent(answers, () => true)
  return unasked.length === answers.length ? new RuntimesUnavailable({ unasked }) : new UnknownContainer({
    container,
    asked: answers.flatMap(({ answer, runtime }) => answer._tag === "None" ? [runtime] : []),
    unasked
  })
}
