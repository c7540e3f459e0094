/**
 * The containers of an in-memory world, each a counter that goes up while it runs.
 *
 * This file owns what they are and do. That they are found by the `ContainerStore` and frozen by the `Runtime` is in
 * `MemoryContainerStore.ts` and `MemoryRuntime.ts`.
 */
import type { Container } from "../../domain/Container.ts"
import type { Resource } from "../../domain/Survey.ts"

/** A container as a test or a program asks for it. */
export interface MemoryContainer {
  readonly id: string
  readonly name?: string
  readonly image?: string
  readonly labels?: Readonly<Record<string, string>>
  /** Running when absent. */
  readonly state?: "created" | "running" | "paused" | "stopped"
  /** What it has counted so far; zero when absent. */
  readonly count?: number
  /** Its resident memory in bytes, and so about what a checkpoint of it takes; 4096 when absent. */
  readonly memory?: number
  /** The path of a network namespace that it is given and that outlives it; none when absent. */
  readonly network?: string
  /** Files of the in-memory file system that it holds open: a restore refuses when one has changed. */
  readonly files?: ReadonlyArray<string>
  /** What else it is said to hold: a checkpoint is refused where one of a real container would be. */
  readonly resources?: ReadonlyArray<Resource>
}

/** How the containers of a world behave. */
export interface ContainersOptions {
  /** They count by themselves, once in so many milliseconds of the `Clock`; only when told to, when absent. */
  readonly tickMillis?: number
  /** What a container is after a stop: dropped by its runtime, as by runc, or kept as stopped, as by Docker. */
  readonly afterStop?: "forgotten" | "stopped"
}

/** What is frozen of a container: all that a restore needs. */
export interface Memory {
  readonly id: string
  readonly name?: string | undefined
  readonly image?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly identity: string
  readonly count: number
  readonly memory: number
  readonly files: ReadonlyArray<string>
}

interface Body extends Memory {
  state: "created" | "running" | "paused" | "stopped"
  count: number
  /** Stands still for a dump, whatever its state says. */
  frozen: boolean
  /** When the count was last brought up to date. */
  since: number
  pid: number | undefined
  startTime: number
}

/** The containers of one world. */
export class MemoryContainers {
  readonly #bodies = new Map<string, Body>()
  readonly #tickMillis: number | undefined
  readonly #afterStop: "forgotten" | "stopped"
  /** What makes a container the same one, for as long as the world knows its id. */
  readonly #identities = new Map<string, string>()
  readonly #resources = new Map<string, ReadonlyArray<Resource>>()
  /** The network namespaces that containers were given. */
  readonly #networks = new Map<string, string>()
  readonly #locked = new Set<string>()
  #processes = 0
  #made = 0

  constructor(options: ContainersOptions = {}) {
    this.#tickMillis = options.tickMillis
    this.#afterStop = options.afterStop ?? "forgotten"
  }

  /** Makes a container; one of its id that is there already is gone. */
  add(now: number, container: MemoryContainer): void {
    this.#made += 1
    this.#identities.set(container.id, `memory-${this.#made}`)
    this.#resources.set(container.id, container.resources ?? [])
    if (container.network === undefined) this.#networks.delete(container.id)
    else this.#networks.set(container.id, container.network)
    this.start(now, container)
  }

  /** Starts a container that was made before: it is the same one, and counts anew. */
  start(now: number, container: MemoryContainer): void {
    this.#put(now, container.state ?? "running", {
      id: container.id,
      name: container.name,
      image: container.image,
      labels: container.labels ?? {},
      identity: this.#identities.get(container.id) ?? container.id,
      count: container.count ?? 0,
      memory: container.memory ?? 4096,
      files: container.files ?? []
    })
  }

  /** Takes a container away, as if somebody had deleted it. */
  remove(id: string): void {
    this.#bodies.delete(id)
  }

  /** The container of an id, as the services show it. */
  get(id: string): Container | undefined {
    const body = this.#bodies.get(id)
    return body === undefined ? undefined : describe(body)
  }

  /** All containers. */
  get all(): ReadonlyArray<Container> {
    return Array.from(this.#bodies.values(), describe)
  }

  /** What a container is said to hold, before a checkpoint and after a restore. */
  resources(id: string): ReadonlyArray<Resource> {
    return this.#resources.get(id) ?? []
  }

  /** What a container would be restored to, were it frozen now. */
  memory(now: number, id: string): Memory | undefined {
    const body = this.#settle(now, id)
    if (body === undefined) return undefined
    const { count, files, identity, image, labels, memory, name } = body
    return { id, name, image, labels, identity, count, memory, files }
  }

  /** Lets a running container count; does nothing to one that stands still. Gives its count. */
  advance(now: number, id: string, by: number): number | undefined {
    const body = this.#settle(now, id)
    if (body === undefined) return undefined
    if (runs(body)) body.count += by
    return body.count
  }

  /** Stops the counting for a dump, or lets it go on, without a change of state. */
  freeze(now: number, id: string, frozen: boolean): void {
    const body = this.#settle(now, id)
    if (body !== undefined) body.frozen = frozen
  }

  /** Pauses a running container or resumes a paused one; whether it was one. */
  setPaused(now: number, id: string, paused: boolean): boolean {
    const body = this.#settle(now, id)
    if (body === undefined || body.state !== (paused ? "running" : "paused")) return false
    body.state = paused ? "paused" : "running"
    return true
  }

  /** Kills a container; whether it lived. */
  stop(now: number, id: string): boolean {
    const body = this.#settle(now, id)
    if (body === undefined || (body.state !== "running" && body.state !== "paused")) return false
    body.state = "stopped"
    body.pid = undefined
    body.frozen = false
    if (this.#afterStop === "forgotten") this.#bodies.delete(id)
    return true
  }

  /** All containers are gone, and so is what the kernel had of them. */
  losePower(): void {
    this.#bodies.clear()
    this.#locked.clear()
  }

  /** Whether a network namespace drops every packet. */
  isLocked(network: string): boolean {
    return this.#locked.has(network)
  }

  /** The network namespace that a container was given, where it drops every packet. */
  lockedNetwork(id: string): string | undefined {
    const network = this.#networks.get(id)
    return network !== undefined && this.isLocked(network) ? network : undefined
  }

  /** Locks the network of a container, as CRIU does while connections are dumped, where it outlives the container. */
  lockNetwork(id: string): void {
    const network = this.#networks.get(id)
    if (network !== undefined) this.#locked.add(network)
  }

  /** Takes the lock away from a network namespace. */
  unlockNetwork(network: string | undefined): void {
    if (network !== undefined) this.#locked.delete(network)
  }

  /** Brings a container back as it was frozen, with a process of its own. */
  revive(now: number, memory: Memory, state: "running" | "paused"): void {
    // CRIU does so at every restore, whoever locked it.
    this.unlockNetwork(this.#networks.get(memory.id))
    this.#put(now, state, memory)
  }

  #put(now: number, state: Body["state"], memory: Memory): void {
    const lives = state === "running" || state === "paused"
    this.#processes += lives ? 1 : 0
    this.#bodies.set(memory.id, {
      ...memory,
      state,
      frozen: false,
      since: now,
      pid: lives ? 1000 + this.#processes : undefined,
      startTime: this.#processes
    })
  }

  /** Brings the count up to date with the clock. */
  #settle(now: number, id: string): Body | undefined {
    const body = this.#bodies.get(id)
    if (body === undefined || this.#tickMillis === undefined) return body
    const ticks = Math.max(0, Math.floor((now - body.since) / this.#tickMillis))
    if (runs(body)) body.count += ticks
    body.since = runs(body) ? body.since + ticks * this.#tickMillis : now
    return body
  }
}

const runs = (body: Body): boolean => body.state === "running" && !body.frozen

const describe = ({ id, identity, image, labels, name, pid, startTime, state }: Body): Container => ({
  id,
  ...(name === undefined ? {} : { name }),
  ...(image === undefined ? {} : { image }),
  labels,
  identity,
  state,
  ...(pid === undefined ? {} : { process: { pid, startTime } })
})
