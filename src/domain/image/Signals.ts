/** Signals by name (signal(7)), with the numbers that they have on every machine that CRIU runs on but MIPS. */

const names = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ " +
  "VTALRM PROF WINCH IO PWR SYS"
).split(" ")

/** The kernel's first real-time signal, and the first that a program with glibc has: it calls that SIGRTMIN. */
const realTime = { kernel: 32, program: 34 }

/** The name of a signal, such as `SIGTERM` or `SIGRTMIN+2`. */
export const nameOf = (number: number): string => {
  const name = names[number - 1]
  if (name !== undefined) return `SIG${name}`
  const beyond = number - realTime.program
  return number < realTime.kernel || number > 64
    ? `signal ${number}`
    : beyond === 0
    ? "SIGRTMIN"
    : `SIGRTMIN${beyond > 0 ? "+" : ""}${beyond}`
}

/** The names of the signals in a set of 64 bits, the first signal being the lowest bit. */
export const namesIn = (mask: bigint): ReadonlyArray<string> =>
  Array.from({ length: 64 }, (_, index) => index)
    .filter((index) => ((mask >> BigInt(index)) & 1n) === 1n)
    .map((index) => nameOf(index + 1))

/** The number of a pending signal, from the kernel's `siginfo` of it; zero where that is too short to have one. */
export const numberIn = (siginfo: Uint8Array): number =>
  siginfo.byteLength < 4 ? 0 : new DataView(siginfo.buffer, siginfo.byteOffset).getInt32(0, true)
