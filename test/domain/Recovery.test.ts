// What becomes of the leftovers of a create that was interrupted: the whole table, and what must never happen.
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as CheckpointName from "../../src/domain/CheckpointName.ts"
import { type Container, ContainerState, type ProcessIdentity } from "../../src/domain/Container.ts"
import { type Intent, Mode } from "../../src/domain/Intent.ts"
import * as Recovery from "../../src/domain/Recovery.ts"

const process: ProcessIdentity = { pid: 7, startTime: 100, bootId: "x" }

const before: Container = { id: "0123", state: "running", labels: {}, identity: "i", process }

const checkpoint = Either.getOrThrow(CheckpointName.parse("first"))

const intent = (mode: Mode, paused: boolean): Intent => ({
  version: 1,
  operation: "op",
  checkpoint,
  directory: "/srv/checkpoints",
  container: { ...before, state: paused ? "paused" : "running" },
  mode,
  paused,
  options: {},
  runtime: { name: "runc" },
  started: 0
})

/** The container as it is found: the process of before or not, and what it is doing. */
const nows: Record<string, Container | undefined> = {
  "is not known any more": undefined,
  "runs on": before,
  "stands still": { ...before, state: "paused" },
  "is stopped": { ...before, state: "stopped" },
  "is being restarted": { ...before, state: "restarting" },
  "was started anew": { ...before, process: { ...process, pid: 8, startTime: 200 } },
  "was started anew and paused": { ...before, state: "paused", process: { ...process, startTime: 200 } },
  "runs with a process that is not known": { id: "0123", state: "running", labels: {}, identity: "i" }
}

/** What became of the images, and of the machine. */
const images = {
  "not begun": { begun: false, dumped: false, synced: false, rebooted: false },
  "not dumped": { begun: true, dumped: false, synced: false, rebooted: false },
  "not dumped, machine restarted": { begun: true, dumped: false, synced: false, rebooted: true },
  "dumped": { begun: true, dumped: true, synced: false, rebooted: false },
  "dumped, machine restarted": { begun: true, dumped: true, synced: false, rebooted: true },
  "synced": { begun: true, dumped: true, synced: true, rebooted: false },
  "synced, machine restarted": { begun: true, dumped: true, synced: true, rebooted: true },
  "synced, but not whole": { begun: true, dumped: false, synced: true, rebooted: false }
}

type Images = keyof typeof images

const states: ReadonlyArray<Images> = [
  "not begun",
  "not dumped",
  "not dumped, machine restarted",
  "dumped",
  "dumped, machine restarted",
  "synced",
  "synced, machine restarted",
  "synced, but not whole"
]

const decide = (mode: Mode, paused: boolean, state: Images, published: boolean, now: string) =>
  Recovery.decide({ ...images[state], intent: intent(mode, paused), published, container: nows[now] })

const whole: ReadonlyArray<Images> = ["dumped", "synced", "synced, machine restarted"]

const cases = Mode.literals.flatMap((mode) =>
  [false, true].flatMap((paused) => Object.keys(nows).map((now) => [mode, paused, now] as const))
)

describe("Recovery.decide", () => {
  it("is asked of every case", () => {
    expect(cases).toHaveLength(3 * 2 * 8)
    expect(states).toHaveLength(Object.keys(images).length)
  })

  it.each(cases)("%s, paused before %s, the container %s", (mode, paused, now) => {
    const resume = now === "stands still" && !paused
    const lives = now === "runs on" || now === "stands still"
    const one = mode === "StopInDump" ? "keep" : "discard"
    const unpublished = (state: Images) =>
      lives || state === "not begun" ? "discard" : whole.includes(state) ? "publish" : one
    for (const state of states) {
      expect({ state, ...decide(mode, paused, state, true, now) }).toEqual({ state, images: "discard", resume })
      expect({ state, ...decide(mode, paused, state, false, now) })
        .toEqual({ state, images: unpublished(state), resume })
    }
  })

  // Cases said by hand, so that the table above cannot be wrong in the way the code is.
  it.each<
    readonly [
      why: string,
      mode: Mode,
      paused: boolean,
      state: Images,
      published: boolean,
      now: string,
      images: Recovery.RecoveryPlan["images"],
      resume: boolean
    ]
  >([
    ["the one copy is published", "StopInDump", false, "dumped", false, "is not known any more", "publish", false],
    ["the one copy of a paused one is published", "StopInDump", true, "dumped", false, "is stopped", "publish", false],
    ["one that was never dumped is discarded", "StopInDump", false, "not begun", false, "is stopped", "discard", false],
    ["half of the one copy is kept", "StopInDump", false, "not dumped", false, "is stopped", "keep", false],
    ["what may be torn is kept", "StopInDump", false, "dumped, machine restarted", false, "is stopped", "keep", false],
    [
      "what was synced is not torn",
      "StopInDump",
      false,
      "synced, machine restarted",
      false,
      "is stopped",
      "publish",
      false
    ],
    ["a dump of one that lives is discarded", "StopInDump", false, "dumped", false, "runs on", "discard", false],
    ["one that a dump left frozen goes on", "StopInDump", false, "not dumped", false, "stands still", "discard", true],
    ["one that was paused before stays so", "StopInDump", true, "not dumped", false, "stands still", "discard", false],
    [
      "one since started anew left its only image",
      "StopInDump",
      false,
      "dumped",
      false,
      "was started anew",
      "publish",
      false
    ],
    [
      "somebody else's pause is left alone",
      "PauseThenStop",
      false,
      "synced",
      false,
      "was started anew and paused",
      "publish",
      false
    ],
    [
      "one that was to be stopped later goes on",
      "PauseThenStop",
      false,
      "dumped",
      false,
      "stands still",
      "discard",
      true
    ],
    [
      "one published but not yet killed goes on",
      "PauseThenStop",
      false,
      "synced",
      true,
      "stands still",
      "discard",
      true
    ],
    [
      "one that died by itself is worth its image",
      "LeaveRunning",
      false,
      "dumped",
      false,
      "is stopped",
      "publish",
      false
    ],
    [
      "one that was not ours to stop left nothing",
      "LeaveRunning",
      false,
      "not dumped",
      false,
      "is stopped",
      "discard",
      false
    ],
    [
      "what is published is not published twice",
      "StopInDump",
      false,
      "synced",
      true,
      "is not known any more",
      "discard",
      false
    ],
    ["a copy beside a running one is discarded", "LeaveRunning", false, "synced", false, "runs on", "discard", false]
  ])("%s", (_, mode, paused, state, published, now, plan, resume) => {
    expect(decide(mode, paused, state, published, now)).toEqual({ images: plan, resume })
  })

  const identity = FastCheck.option(
    FastCheck.record({
      pid: FastCheck.integer({ min: 1, max: 2 }),
      startTime: FastCheck.integer({ min: 1, max: 2 }),
      bootId: FastCheck.constantFrom("x", "y")
    }),
    { nil: undefined }
  )
  const found = FastCheck.option(
    FastCheck.tuple(FastCheck.constantFrom(...ContainerState.literals), identity)
      .map(([state, is]): Container => ({
        id: "0123",
        state,
        labels: {},
        identity: "i",
        ...(is ? { process: is } : {})
      })),
    { nil: undefined }
  )
  const leftover = FastCheck.record({
    intent: FastCheck.tuple(FastCheck.constantFrom(...Mode.literals), FastCheck.boolean(), identity).map(
      ([mode, paused, was]): Intent => ({
        ...intent(mode, paused),
        container: { id: "0123", state: "running", labels: {}, identity: "i", ...(was ? { process: was } : {}) }
      })
    ),
    begun: FastCheck.boolean(),
    dumped: FastCheck.boolean(),
    synced: FastCheck.boolean(),
    rebooted: FastCheck.boolean(),
    published: FastCheck.boolean(),
    container: found
  })

  /** Whether the very process that was to be checkpointed is provably there. */
  const lives = ({ container, intent: of }: Recovery.Leftover): boolean =>
    (container?.state === "running" || container?.state === "paused") && container.process !== undefined &&
    of.container.process !== undefined && JSON.stringify(container.process) === JSON.stringify(of.container.process)

  it.prop("never discards what may be the only copy", [leftover], ([left]) => {
    if (left.intent.mode === "StopInDump" && (left.begun || left.dumped) && !left.published && !lives(left)) {
      expect(Recovery.decide(left).images === "discard").toBe(false)
    }
  })

  it.prop("never publishes beside a living container, nor twice, nor what may be torn", [leftover], ([left]) => {
    const torn = !left.dumped || (left.rebooted && !left.synced)
    if (lives(left) || left.published || torn) expect(Recovery.decide(left).images === "publish").toBe(false)
  })

  it.prop("never resumes one that was paused before, nor a process that is not ours", [leftover], ([left]) => {
    if (left.intent.paused || !lives(left) || left.container?.state !== "paused") {
      expect(Recovery.decide(left).resume).toBe(false)
    }
  })

  it.prop("never leaves standing what stands still because of us", [leftover], ([left]) => {
    if (!left.intent.paused && lives(left) && left.container?.state === "paused") {
      expect(Recovery.decide(left).resume).toBe(true)
    }
  })
})
