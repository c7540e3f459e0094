/** What is around the processes: mounts, namespaces and cgroups, each as a table. */
import type { Cgroups } from "../../domain/inspection/Cgroups.ts"
import type { Mount } from "../../domain/inspection/Mount.ts"
import type { Namespace } from "../../domain/inspection/Namespaces.ts"
import { describe } from "../inspection/sectionTables.ts"
import { type Html, markup } from "./markup.ts"
import { table } from "./table.ts"

/** The mounts, in the order in which they are mounted. */
export const mountsSection = (mounts: ReadonlyArray<Mount>): Html =>
  table({
    caption: "Mounts",
    columns: [{ name: "Mountpoint" }, { name: "Type" }, { name: "Source" }, { name: "Root" }, { name: "How" }],
    rows: mounts.map((mount) => ({
      cells: [
        markup`<code>${mount.mountpoint}</code>`,
        markup`<span class="chip">${mount.type}</span>`,
        markup`<code>${mount.source}</code>`,
        markup`<code>${mount.root}</code>`,
        [
          ...mount.flags,
          ...mount.fileSystemFlags,
          ...(mount.isExternal ? [`external${mount.externalKey ? ` (${mount.externalKey})` : ""}`] : []),
          ...(mount.options ? [mount.options] : [])
        ].join(", ")
      ]
    }))
  })

/** The namespaces, with those in them. */
export const namespacesSection = (namespaces: ReadonlyArray<Namespace>): Html =>
  table({
    caption: "Namespaces",
    columns: [{ name: "Type" }, { name: "Id", isNumber: true }, { name: "Processes" }, { name: "What" }],
    rows: namespaces.map((one) => ({
      cells: [markup`<span class="chip">${one.type}</span>`, one.id, pids(one.processes), describe(one).join(", ")]
    }))
  })

/** The cgroups, and what a restore sets in them. */
export const cgroupsSection = ({ folders, sets }: Cgroups): Html =>
  markup`${
    table({
      caption: "Cgroups of the processes",
      columns: [{ name: "Hierarchy" }, { name: "Path" }, { name: "Processes" }],
      rows: sets.flatMap(({ members, processes }) =>
        Array.from(new Set(members.map(({ path }) => path)), (path) => ({
          cells: [
            members.filter((member) => member.path === path).map(({ hierarchy }) => hierarchy || "unified").join(", "),
            markup`<code>${path}</code>`,
            pids(processes)
          ]
        }))
      )
    })
  }${
    folders.map(({ controllers, path, properties }) =>
      markup`<details class="more"><summary><code>${path === "" ? "/" : path}</code> (${
        controllers.join(", ") || "unified"
      })</summary>${
        table({
          caption: `Properties of the cgroup ${path}`,
          columns: [{ name: "Property" }, { name: "Value" }],
          rows: properties.map(({ name, value }) => ({
            cells: [markup`<code>${name}</code>`, markup`<code>${value}</code>`]
          })),
          most: 100
        })
      }</details>`
    )
  }`

const pids = (all: ReadonlyArray<number>): Html =>
  all.length === 0 ? markup`<span class="note">none</span>` : markup`${
    all.slice(0, mostPids).map((pid) =>
      markup`
        <a href="#p${pid}" class="pid">${pid}</a>
      `
    )
  }${all.length > mostPids ? `and ${all.length - mostPids} more` : ""}`

const mostPids = 24
