/** Which containerd is spoken to, and which of its namespaces is meant. */
import { encodeComponent } from "../../domain/CheckpointDirectory.ts"

/** What {@link layer} of `Containerd.ts` is given. */
export interface ContainerdConfig {
  /** The path of containerd's socket; `/run/containerd/containerd.sock` when absent. */
  readonly socket?: string | undefined
  /** The namespace whose containers are meant; `default` when absent. */
  readonly namespace?: string | undefined
  /** Where checkpoints and events are kept; `/var/lib/stasis` when absent. */
  readonly stasisRoot?: string | undefined
  /** CRIU's program, which is asked what it can do; the one that runs is the first in containerd's own `PATH`. */
  readonly criu?: string | undefined
}

/** The same, completed. */
export interface ContainerdSettings {
  readonly socket: string
  readonly namespace: string
  readonly stasisRoot: string
  readonly criu: string
  /** Variables for CRIU when it is asked. */
  readonly env: Readonly<Record<string, string>>
}

/** The name of the runtime, as records and errors show it. */
export const runtimeName = "containerd"

/** Where what is kept of the containers of a namespace lies below the stasis root. */
export const scopeOf = ({ namespace }: ContainerdSettings): string => `containerd/${encodeComponent(namespace)}`

/** The namespace that Docker keeps its containers in. */
export const dockers = "moby"

/** Why what ends or starts a container is not done there. */
export const ofDocker = 'it is one of Docker, which would take it for ended and start it again; use "--runtime docker"'

/** Completes a configuration. */
export const complete = (config: ContainerdConfig): ContainerdSettings => ({
  socket: (config.socket ?? "/run/containerd/containerd.sock").replace(/^unix:\/\//, ""),
  namespace: config.namespace ?? "default",
  stasisRoot: config.stasisRoot ?? "/var/lib/stasis",
  criu: config.criu ?? "criu",
  env: {}
})
