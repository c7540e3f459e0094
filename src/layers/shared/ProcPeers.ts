/**
 * What `/proc` does not say of sockets: the other ends of unix sockets, and which TCP sockets are of the multipath kind. It asks
 * `ss` of iproute2 in the network namespace.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { UnixSocket } from "../../domain/Survey.ts"
import * as Proc from "./Proc.ts"
import * as Process from "./Process.ts"

/** A unix socket that is connected. */
interface Connected {
  readonly inode: string
  readonly type: UnixSocket["type"]
  /** The inode of the other end. */
  readonly peer: string
  /** The name of either end. */
  readonly path: string | undefined
}

/** What `ss` lists. */
export interface Peers {
  readonly unix: ReadonlyArray<Connected>
  /** The inodes of all unix sockets of the namespace. */
  readonly here: ReadonlySet<string>
  /** The inodes of multipath TCP sockets. */
  readonly multipath: ReadonlySet<string>
}

/** The sockets of the network namespace of a process; none when they cannot be asked for. */
export const of = (pid: number): Effect.Effect<Option.Option<Peers>> =>
  Process.run(
    Proc.sharesNetwork(pid) === true
      ? { program: "ss", args: asking }
      : { program: "nsenter", args: [`--net=/proc/${pid}/ns/net`, "ss", ...asking] }
  ).pipe(
    Effect.match({
      onFailure: () => Option.none(),
      // Of a list that is cut it is not known what was in it.
      onSuccess: ({ code, stdout }) =>
        code === 0 && stdout.length < Process.captureLimit ? Option.some(parse(stdout)) : Option.none()
    })
  )

const asking = ["-xaneHO", "-M"]

/** Reads what `ss -xaneHO -M` prints. */
export const parse = (text: string): Peers => ({
  unix: text.split("\n").flatMap((line) => {
    const [, type = "", local, inode = "", remote, peer = "0"] = unixLine.exec(line) ?? []
    const known = types[type]
    return known === undefined || peer === "0"
      ? []
      : [{ inode, type: known, peer, path: [local, remote].find((name) => name !== undefined && name !== "*") }]
  }),
  here: new Set(text.split("\n").flatMap((line) => unixLine.exec(line)?.[3] ?? [])),
  multipath: new Set(Array.from(text.matchAll(/^mptcp\s.* ino:(\d+)/gm), ([, inode = ""]) => inode))
})

/** `u_str ESTAB 0 0 /run/a.sock 4116999 * 4116997 <->` */
const unixLine = /^u_(\w+)\s+\S+\s+\d+\s+\d+\s+(.*?)\s+(\d+)\s+(.*?)\s+(\d+)(?:\s|$)/

const types: Readonly<Record<string, UnixSocket["type"]>> = { str: "stream", dgr: "datagram", seq: "seqpacket" }
