/** What a program waits for, in words: the events of epoll_ctl(2), inotify(7) and fanotify(7). */
import { wordsIn } from "./bits.ts"

const poll = [
  [1 << 0, "in"],
  [1 << 1, "priority"],
  [1 << 2, "out"],
  [1 << 3, "error"],
  [1 << 4, "hang-up"],
  [1 << 6, "normal-in"],
  [1 << 7, "band-in"],
  [1 << 8, "normal-out"],
  [1 << 9, "band-out"],
  [1 << 10, "message"],
  [1 << 13, "peer-hang-up"],
  [1 << 28, "exclusive"],
  [1 << 29, "wake-up"],
  [1 << 30, "one-shot"],
  [1 << 31, "edge-triggered"]
] as const

/** The kernel counts those of inotify and of fanotify alike. */
const changes = [
  [1 << 0, "access"],
  [1 << 1, "modify"],
  [1 << 2, "attributes"],
  [1 << 3, "close-written"],
  [1 << 4, "close-unwritten"],
  [1 << 5, "open"],
  [1 << 6, "moved-from"],
  [1 << 7, "moved-to"],
  [1 << 8, "create"],
  [1 << 9, "delete"],
  [1 << 10, "delete-self"],
  [1 << 11, "move-self"],
  [1 << 12, "open-to-execute"],
  [1 << 13, "unmount"],
  [1 << 14, "overflow"],
  [1 << 15, "ignored"],
  [1 << 16, "ask-open"],
  [1 << 17, "ask-access"],
  [1 << 18, "ask-open-to-execute"],
  [1 << 24, "folders-only"],
  [1 << 25, "no-follow"],
  [1 << 26, "not-unlinked"],
  [1 << 27, "of-children"],
  [1 << 29, "add"],
  [1 << 30, "of-folders"],
  [1 << 31, "one-shot"]
] as const

/** The words for the events of an epoll target. */
export const pollWordsOf = (events: number): ReadonlyArray<string> => wordsIn(poll, events)

/** The words for the mask of a watch. */
export const watchWordsOf = (mask: number): ReadonlyArray<string> => wordsIn(changes, mask)
