/** The state of a task as CRIU writes it into `core` (`compel/include/uapi/task-state.h`): not the kernel's letters. */

/** What a task was about: `alive` is whatever runs or sleeps, a `zombie` has ended and waits for its parent. */
export type TaskState = "alive" | "dead" | "stopped" | "zombie" | "unknown"

// crit's own table has 3 for a zombie and 6 for a stopped one, the other way round than CRIU.
const states: Readonly<Record<number, TaskState>> = { 1: "alive", 2: "dead", 3: "stopped", 6: "zombie" }

/** The word for `task_state`. */
export const of = (state: number): TaskState => states[state] ?? "unknown"
