import { expect, it } from "@effect/vitest"
import * as SocketState from "../../../src/domain/image/SocketState.ts"

it("names what a socket is, and what has no name by its number", () => {
  expect([1, 2, 10, 99].map(SocketState.familyOf)).toEqual(["unix", "inet", "inet6", "99"])
  expect([1, 2, 5, 99].map(SocketState.typeOf)).toEqual(["stream", "datagram", "seqpacket", "99"])
  expect([6, 17, 99].map(SocketState.protocolOf)).toEqual(["tcp", "udp", "99"])
  expect([1, 7, 10, 99].map(SocketState.stateOf)).toEqual(["established", "closed", "listening", "99"])
})
