/** The capabilities of a process by name (capabilities(7)); not what a runtime is capable of, which is `domain/Capabilities.ts`. */

const names = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT " +
  "SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG " +
  "WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ")

/** The names of a set as CRIU writes it: 32 of them in each number, the first one in the lowest bit. */
export const namesIn = (words: ReadonlyArray<number>): ReadonlyArray<string> =>
  words.flatMap((word, place) =>
    Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => ((word >>> bit) & 1) === 1)
      .map((bit) => nameOf(32 * place + bit))
  )

const nameOf = (number: number): string => {
  const name = names[number]
  return name === undefined ? `capability ${number}` : `CAP_${name}`
}
