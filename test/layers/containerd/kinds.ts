/** The kinds of containers in the table of `docs/containerd.md`; each row is asserted by the test that shows it. */
import * as DocTable from "../../docs/DocTable.ts"

/** The table. */
export const table = DocTable.make({
  page: "containerd.md",
  columns: ["container", "made with", "needs", "then"],
  subjects: {
    plain: ["any, on a snapshot, in whatever namespace", "`ctr run IMAGE`"],
    folder: ["any, on a folder", "`ctr run --rootfs`"],
    paused: ["that is paused", "`ctr task pause`"],
    log: ["that writes to a log", "`--log-uri file://…`"],
    unread: ["whose output somebody read", "no `--log-uri`"],
    terminal: ["with a terminal", "`--tty`"],
    connection: ["with a TCP connection, in a network namespace by its path", "`--with-ns network:…`"],
    lock: ["with locked files", "any flags"],
    own: ["with open files of its own root", "any flags"],
    bind: ["with a folder of the machine", "`--mount type=bind,…`"],
    restarted: ["that containerd starts again by itself", "the label `containerd.io/restart.status`"]
  }
})
