import { describe, expect, it } from "@effect/vitest"
import * as SocketAddress from "../../../src/domain/image/SocketAddress.ts"

describe("SocketAddress", () => {
  it.each([
    // As CRIU 4.2 wrote it of 127.0.0.1.
    ["127.0.0.1", [16777343]],
    ["0.0.0.0", [0]],
    ["255.255.255.255", [0xffff_ffff]],
    ["", []],
    ["::", [0, 0, 0, 0]],
    ["::1", [0, 0, 0, 0x0100_0000]],
    ["fe80::", [0x80fe, 0, 0, 0]],
    ["2001:db8::1:0:0:1", [0xb80d_0120, 0, 0x0000_0100, 0x0100_0000]],
    // One group of zeros stays.
    ["1:0:2:3:4:5:6:7", [0x0000_0100, 0x0300_0200, 0x0500_0400, 0x0700_0600]]
  ])("writes %s", (text, words) => {
    expect(SocketAddress.internetAddressOf(words)).toBe(text)
  })

  it.each([
    ["none", [], undefined],
    ["a path", [0x2f, 0x61], "/a"],
    ["a path with its end", [0x2f, 0x61, 0], "/a"],
    ["a name that is no path", [0, 0x61, 0x62], "@ab"]
  ])("reads the name of a unix socket: %s", (_, bytes, name) => {
    expect(SocketAddress.unixNameOf(Uint8Array.from(bytes))).toBe(name)
  })
})
