import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"

const remedy = 'write the address of the Docker daemon as "unix:///path/of/the/socket" or "tcp://host:port"'

describe("complete", () => {
  it("has Docker's usual socket and our usual folder", () => {
    const usual = Either.right({
      host: "unix:///var/run/docker.sock",
      address: { kind: "unix", path: "/var/run/docker.sock" },
      tls: undefined,
      stasisRoot: "/var/lib/stasis"
    })
    expect(DockerSettings.complete({})).toEqual(usual)
    // As Docker's client takes a variable that is set to nothing.
    expect(DockerSettings.complete({ host: "" })).toEqual(usual)
  })

  it("speaks TLS over TCP alone", () => {
    const tls = { folder: "/certs" }
    expect(DockerSettings.complete({ host: "tcp://10.0.0.7", tls })).toMatchObject({
      right: { tls, address: { port: 2376 } }
    })
    expect(DockerSettings.complete({ host: "unix:///x", tls })).toMatchObject({ right: { tls: undefined } })
  })
})

describe("parseHost", () => {
  it.each([
    ["unix:///run/docker.sock", { kind: "unix", path: "/run/docker.sock" }],
    ["unix:///with a space", { kind: "unix", path: "/with a space" }],
    ["tcp://127.0.0.1:2375", { kind: "tcp", host: "127.0.0.1", port: 2375 }],
    ["tcp://build.example:1/", { kind: "tcp", host: "build.example", port: 1 }],
    ["tcp://[::1]:65535", { kind: "tcp", host: "[::1]", port: 65_535 }],
    ["tcp://build", { kind: "tcp", host: "build", port: 2375 }]
  ])("reads %s", (host, address) => {
    expect(DockerSettings.parseHost(host, false)).toEqual(Either.right(address))
  })

  it.each([
    ["/run/docker.sock", "it does not say how the daemon is reached"],
    ["localhost:2375", "it does not say how the daemon is reached"],
    ["unix://run/docker.sock", "the path of the socket is not absolute"],
    ["unix://", "the path of the socket is not absolute"],
    ["unix:///a\0b", "the path of the socket contains a NUL character"],
    ["tcp://", "it is not a host and a port"],
    ["tcp://host:0x1", "it is not a host and a port"],
    ["tcp://user@host:1", "it is not a host and a port"],
    ["tcp://host:1/path", "it is not a host and a port"],
    ["tcp://::1:2375", "it is not a host and a port"],
    ["tcp://host:0", "there is no port 0"],
    ["tcp://host:65536", "there is no port 65536"],
    ["ssh://host", '"ssh" is no way to reach a daemon that is known here'],
    ["npipe:////./pipe/docker", '"npipe" is no way to reach a daemon that is known here']
  ])("refuses %j and says how to write one", (host, detail) => {
    expect(Either.flip(DockerSettings.parseHost(host, false))).toMatchObject({
      right: { _tag: "RuntimeUnavailable", message: `Cannot use "${host}": ${detail}; ${remedy}` }
    })
  })
})
