// The client against a daemon that is made up: versions, refusals, and what a real one does only when it breaks.
import { mkdtempSync, rmSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { tmpdir } from "node:os"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as DockerApi from "../../../src/layers/docker/DockerApi.ts"
import * as DockerSettings from "../../../src/layers/docker/DockerSettings.ts"
import { poll } from "../oci/LabContainer.ts"

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A daemon, what it was asked for, and the API of it. */
const daemonOf = (answer: Answer) =>
  Effect.gen(function* () {
    const asked: Array<string> = []
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(`${tmpdir()}/stasis-api-`)),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      answer(request, response)
    })
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(`${folder}/sock`, () => resume(Effect.void))),
      () =>
        Effect.async<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    )
    const host = `unix://${folder}/sock`
    return { host, asked, api: yield* Effect.flatMap(DockerSettings.complete({ host }), DockerApi.make) }
  })

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status).end(JSON.stringify(body))

/** Answers the first question of all as a daemon of this version. */
const ofVersion = (version: () => string, answer: Answer): Answer => (request, response) =>
  request.url === "/_ping" ? response.writeHead(200, { "api-version": version() }).end("OK") : answer(request, response)

const Name = Schema.Struct({ Name: Schema.String })

it.scopedLive("agrees on a version once, and hands on path, query and body", () =>
  Effect.gen(function* () {
    const bodies: Array<string> = []
    const { api, asked } = yield* daemonOf(ofVersion(() => "1.44", (request, response) => {
      let body = `${request.headers["content-type"]} `
      request.on("data", (chunk) => body += chunk).on("end", () => {
        bodies.push(body)
        json(response, request.method === "POST" ? 304 : 200, { Name: "lab" })
      })
    }))
    expect(yield* api.get(Name, "/info")).toEqual({ Name: "lab" })
    expect(yield* api.post("/containers/a/start", { checkpoint: "c 1", gone: undefined }, { a: 1 })).toBe(304)
    yield* api.postAtLength("/containers/a/pause")
    yield* api.remove("/containers/a", { force: "1" })
    expect(asked).toEqual([
      "GET /_ping",
      "GET /v1.44/info",
      "POST /v1.44/containers/a/start?checkpoint=c+1",
      "POST /v1.44/containers/a/pause",
      "DELETE /v1.44/containers/a?force=1"
    ])
    expect(bodies).toEqual(["undefined ", 'application/json {"a":1}', "undefined ", "undefined "])
  }))

it.scopedLive("agrees anew with a daemon that was exchanged for one of another version", () =>
  Effect.gen(function* () {
    let version = "1.45"
    const { api, asked } = yield* daemonOf(ofVersion(() =>
      version, (request, response) =>
      request.url?.startsWith(`/v${version}/`) === true ? json(response, 200, { Name: version }) : json(response, 400, {
        message: `client version 1.45 is too new. Maximum supported API version is ${version}`
      })))
    expect(yield* api.get(Name, "/info")).toEqual({ Name: "1.45" })
    version = "1.41"
    expect(yield* api.get(Name, "/info")).toEqual({ Name: "1.41" })
    expect(asked).toEqual(["GET /_ping", "GET /v1.45/info", "GET /v1.45/info", "GET /_ping", "GET /v1.41/info"])
  }))

it.scopedLive("says that a daemon wants a newer client", () =>
  Effect.gen(function* () {
    const message = "client version 1.45 is too old. Minimum supported API version is 1.50"
    const { api, host } = yield* daemonOf(ofVersion(() => "1.60", (_, response) => json(response, 400, { message })))
    expect((yield* Effect.flip(api.get(Name, "/info"))).message).toBe(
      `Cannot use "${host}": what answers there refuses it (${message}); name the address of a Docker daemon of a version that ` +
        "works with this one"
    )
  }))

it.scopedLive("does not take any server for a daemon", () =>
  Effect.gen(function* () {
    const { api, host } = yield* daemonOf((_, response) => response.writeHead(404).end("<html>"))
    expect(yield* Effect.flip(api.post("/x"))).toMatchObject({
      _tag: "RuntimeUnavailable",
      message:
        `Cannot use "${host}": what answers there refuses it (<html>); name the address of a Docker daemon of a version ` +
        "that works with this one"
    })
  }))

it.scopedLive("gives what a refusal says, whatever form it has", () =>
  Effect.gen(function* () {
    const { api } = yield* daemonOf(ofVersion(() => "1.45", (request, response) => {
      if (request.url === "/v1.45/json") return json(response, 409, { message: "it is running\n" })
      return response.writeHead(request.url === "/v1.45/text" ? 500 : 503).end(
        request.url === "/v1.45/text" ? "broken" : ""
      )
    }))
    expect(yield* Effect.flip(api.post("/json"))).toMatchObject({
      _tag: "ApiFailed",
      status: 409,
      message: "it is running"
    })
    expect(yield* Effect.flip(api.post("/text"))).toMatchObject({ status: 500, message: "broken" })
    expect(yield* Effect.flip(api.post("/none"))).toMatchObject({ status: 503, message: "status 503" })
    expect(yield* Effect.flip(Stream.runDrain(api.lines("/json")))).toMatchObject({ _tag: "ApiFailed", status: 409 })
  }))

it.scopedLive("says what cannot be read of an answer", () =>
  Effect.gen(function* () {
    const { api } = yield* daemonOf(ofVersion(() => "1.45", (_, response) => json(response, 200, { name: 1 })))
    expect(yield* Effect.flip(api.get(Name, "/info"))).toMatchObject({
      _tag: "ApiFailed",
      message: 'what it tells of "/info" cannot be read (Name: is missing)'
    })
  }))

it.scopedLive("gives lines as they come, across the pieces that they come in", () =>
  Effect.gen(function* () {
    const { api } = yield* daemonOf(ofVersion(() => "1.45", (_, response) => {
      response.writeHead(200)
      const bytes = new TextEncoder().encode('{"a":"ü"}\r\n\n{"b":1}\n{"c')
      let at = 0
      const next = () => {
        if (at === bytes.length) response.end('":2}')
        else response.write(bytes.subarray(at, ++at), next)
      }
      next()
    }))
    expect(Array.from(yield* Stream.runCollect(api.lines("/events")))).toEqual(['{"a":"ü"}', '{"b":1}', '{"c":2}'])
  }))

it.scopedLive("says that the connection ended before, or in, the answer", () =>
  Effect.gen(function* () {
    const { api, host } = yield* daemonOf(ofVersion(() => "1.45", (request, response) => {
      if (request.url === "/v1.45/before") request.socket.destroy()
      else response.writeHead(200, { "content-length": "100" }).write("half", () => request.socket.destroy())
    }))
    const ended = {
      _tag: "RuntimeUnavailable",
      message:
        `Cannot use "${host}": the connection ended before the answer; look whether the Docker daemon still runs, and ` +
        "what came of the call"
    }
    expect(yield* Effect.flip(api.post("/before"))).toMatchObject(ended)
    expect(yield* Effect.flip(api.get(Name, "/within"))).toMatchObject(ended)
    expect(yield* Effect.flip(Stream.runDrain(api.lines("/within")))).toMatchObject(ended)
  }))

it.scoped("waits thirty seconds for an answer, and as long as it takes for work and for events", () =>
  Effect.gen(function* () {
    let open = 0
    const { api, host } = yield* daemonOf(ofVersion(() => "1.45", () => open++))
    const calls = [
      yield* Effect.fork(Effect.asVoid(api.get(Name, "/info"))),
      yield* Effect.fork(Effect.asVoid(api.post("/containers/a/pause"))),
      yield* Effect.fork(api.remove("/containers/a"))
    ]
    const work = [
      yield* Effect.fork(Effect.asVoid(api.postAtLength("/containers/a/start"))),
      yield* Effect.fork(Stream.runDrain(api.lines("/events")))
    ]
    const look = Effect.async<number>((resume) => void setImmediate(() => resume(Effect.sync(() => open))))
    yield* Effect.repeat(look, { until: (now) => now === 5 })
    yield* TestClock.adjust("29 seconds")
    for (const call of calls) expect(yield* Fiber.poll(call)).toEqual(Option.none())
    yield* TestClock.adjust("1 seconds")
    for (const call of calls) {
      expect(yield* Effect.flip(Fiber.join(call))).toMatchObject({
        _tag: "RuntimeUnavailable",
        message:
          `Cannot use "${host}": the Docker daemon did not answer within 30 seconds; look whether it hangs, and what came ` +
          "of the call"
      })
    }
    yield* TestClock.adjust("1 hours")
    for (const one of work) expect(yield* Fiber.poll(one)).toEqual(Option.none())
    yield* Fiber.interruptAll(work)
  }))

it.scopedLive("ends the request that is interrupted, and waits for no answer", () =>
  Effect.gen(function* () {
    let open = 0
    const { api } = yield* daemonOf(ofVersion(() => "1.45", (request, response) => {
      open++
      request.socket.once("close", () => open--)
      if (request.url === "/v1.45/events") response.writeHead(200).write('{"a":1}\n')
    }))
    const look = Effect.sync(() => open)
    const fibers = [
      yield* Effect.fork(api.postAtLength("/containers/a/checkpoints", {}, { CheckpointID: "c" })),
      yield* Effect.fork(Stream.runDrain(api.lines("/events")))
    ]
    yield* poll(look, (now) => now === 2)
    yield* Fiber.interruptAll(fibers)
    yield* poll(look, (now) => now === 0)
    yield* Stream.runHead(api.lines("/events"))
    yield* poll(look, (now) => now === 0)
  }))
