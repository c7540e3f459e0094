/** The section of the processes: their tree, which opens and closes without any script. */
import type { Process } from "../../domain/inspection/Process.ts"
import * as humanize from "../humanize.ts"
import { commandOf, fateOf } from "../inspection/processTree.ts"
import { counted, cut } from "./figures.ts"
import { type Html, markup } from "./markup.ts"
import { processDetails } from "./processDetails.ts"

/** What a process links to. */
export interface Known {
  /** Whether it has memory here. */
  readonly memory: (pid: number) => boolean
  /** How many files it has open; absent where it is not known. */
  readonly files: (pid: number) => number | undefined
}

/** Draws the tree; a process whose parent is not among them begins a tree of its own. */
export const processTree = (processes: ReadonlyArray<Process>, known: Known): Html => {
  const nodes = new Map<number, Node>()
  const roots: Array<Node> = []
  const all = processes.map((process) => {
    const node: Node = { process, children: [] }
    if (!nodes.has(process.pid)) nodes.set(process.pid, node)
    return node
  })
  for (const node of all) {
    const parent = nodes.get(node.process.parent)
    if (parent === undefined || descends(parent, node, nodes)) roots.push(node)
    else parent.children.push(node)
  }
  return markup`<div class="tree">${list(roots, 0, known)}</div>`
}

interface Node {
  readonly process: Process
  readonly children: Array<Node>
}

/** Damage may have processes descend from one another in a circle. */
const descends = (from: Node, of: Node, nodes: ReadonlyMap<number, Node>): boolean => {
  const seen = new Set<Node>()
  for (let node: Node | undefined = from; node !== undefined && !seen.has(node);) {
    if (node === of) return true
    seen.add(node)
    node = nodes.get(node.process.parent)
  }
  return false
}

const list = (nodes: ReadonlyArray<Node>, depth: number, known: Known): Html =>
  markup`<ul>${
    nodes.map((node) =>
      // A browser nests no deeper than some hundred elements; a tree as deep goes on beside.
      depth < deepest
        ? item(node, node.children.length === 0 ? undefined : list(node.children, depth + 1, known), known)
        : markup`${below(node).map((one) => item(one, undefined, known))}`
    )
  }</ul>`

const below = (first: Node): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  const stack = [first]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    found.push(node)
    stack.push(...[...node.children].reverse())
  }
  return found
}

const deepest = 24

const item = ({ process }: Node, children: Html | undefined, known: Known): Html =>
  markup`
    <li id="p${process.pid}">
      <details class="process"
        open><summary><span class="pid">${process.pid}</span> <b>${process.name}</b> <code class="command">${
    cut(
      commandOf(process),
      200
    )
  }</code> ${chips(process)}</summary>
    <p class="links">${
    known.memory(process.pid)
      ? markup`
        <a href="#m${process.pid}">${
        process.memory === undefined
          ? "memory"
          : `${humanize.bytes(process.memory.size)} of memory, ${humanize.bytes(process.memory.dumped)} dumped`
      }</a>
      `
      : undefined
  }${files(process.pid, known.files(process.pid))}<span>${
    process.credentials === undefined
      ? ""
      : `user ${process.credentials.user.effective}, group ${process.credentials.group.effective}`
  }</span></p>${
    processDetails(
      process
    )
  }${children}</details>
    </li>
  `

const files = (pid: number, count: number | undefined): Html | undefined =>
  count === undefined ? undefined : markup`
    <a href="#f${pid}">${counted(count, "open file")}</a>
  `

const chips = (process: Process): Html => {
  const { credentials, pending, state, threads } = process
  const chip = (text: string, look = "") =>
    markup`
      <span class="chip ${look}">${text}</span>
    `
  return markup`${chip(fateOf(process), state === "running" ? "calm" : "loud")}${
    threads.length > 1 ? chip(counted(threads.length, "thread")) : undefined
  }${credentials?.user.effective === 0 ? chip("root") : undefined}${
    pending.length > 0 ? chip(counted(pending.length, "signal pending", "signals pending"), "loud") : undefined
  }`
}
