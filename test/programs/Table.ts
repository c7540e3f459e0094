/** The table of `docs/programs.md`: its subjects, and what its rows say. */
import type * as Effect from "effect/Effect"
import type { CheckpointError } from "stasis"
import * as DocTable from "../docs/DocTable.ts"
import type { Options } from "./Program.ts"

/** The programs and what they hold, in the order of the table. */
const subjects = {
  pipeline: ["a shell pipeline", "four processes and the pipes between them"],
  threads: ["a Python program", "eight threads and a lock between them"],
  nodeKept: ["a Node.js HTTP server", "a keep-alive connection"],
  nodeClosed: ["a Node.js HTTP server", "a keep-alive connection that is given up"],
  nginx: ["nginx, its workers as root", "keep-alive connections and a download that is under way"],
  nginxUsers: ["nginx, its workers as another user", "processes of two users"],
  redis: ["a Redis server", "a client, and a background save that is under way"],
  redisLater: ["a Redis server, left running", "the file of a background save that has ended since"],
  postgres: ["a PostgreSQL server, checkpointed as its user", "three sessions in open transactions"],
  postgresRoot: ["a PostgreSQL server, checkpointed as root", "processes of another user"],
  sqlite: ["a SQLite writer, rollback journal", "an open transaction and the locks on its files"],
  sqliteWal: ["a SQLite writer, WAL", "locks on a file that it has mapped"],
  terminal: ["a program at a terminal", "a terminal of another program, as its session's"],
  locks: ["a program with file locks", "flock, POSIX, open file description locks, leases"],
  deleted: ["a program with deleted files", "deleted files and folders that are open"],
  deletedLarge: ["a program with deleted files", "a deleted file of 3 MB that is open"],
  deletedLinked: ["a program with deleted files", "an open file one of whose two names is gone"],
  events: ["an event loop", "epoll, inotify, eventfd, timerfd, signalfd, a sealed memfd"],
  repeating: ["an event loop", "a timerfd that repeats, and fires while the program is frozen"],
  semaphore: ["an event loop", "an eventfd made with EFD_SEMAPHORE"],
  unixStream: ["a program with a neighbour", "a unix stream socket to a program outside of the tree"],
  unixDatagram: ["a program with a neighbour", "a unix datagram socket to a program outside of the tree"],
  unixRelative: ["a program with a neighbour", "the same, bound to a name that is not a whole path"],
  waiting: ["a TCP server", "a connection that it has not accepted yet"],
  uring: ["a program with io_uring", "an io_uring"],
  perf: ["a program with perf events", "a performance counter"],
  outsider: ["a program that watches another", "a pidfd of a process outside of the tree"],
  device: ["a program with a device", "/dev/fuse"],
  traced: ["a program under a debugger", "a tracer"],
  sharedMemory: ["a program with System V shared memory", "a segment, in the machine's IPC namespace"],
  takenPid: ["any program", "a process id that another process has at the restore"]
} as const

/** One of them. */
export type Subject = keyof typeof subjects

/** What is said of one. */
export interface Row {
  readonly needs: string
  readonly outcome: string
}

/** One that works, with these options. */
export const works = (options: Options, outcome: string): Row => ({
  needs: Object.keys(options).map((name) => `\`${name}\``).join(", ") || "nothing",
  outcome
})

/** One that does not, and what can be done about it; what the error says itself comes first. */
export const fails = (error: CheckpointError.RuntimeFailed, cure: string): Row => ({
  needs: `fails${error.operation === "restore" ? " at the restore" : ""}: \`${error.reason}\``,
  outcome: [error.hint ?? "", cure].filter((text) => text !== "").join("; ")
})

/** One that CRIU restores with success, and not as it was; with what can be done about it. */
export const breaks = (outcome: string): Row => ({ needs: "breaks: CRIU says nothing", outcome })

/** The page has exactly this row; or is given it, where the environment asks for that. */
export const expectRow = (subject: Subject, { needs, outcome }: Row): Effect.Effect<void> =>
  table.expectRow(subject, needs, outcome)

/** The page has a row for each subject, in their order, and no other. */
export const expectSubjects = (): void => table.expectSubjects()

const table = DocTable.make<Subject>({
  page: "programs.md",
  columns: ["program", "what it holds", "needs", "then"],
  subjects
})
