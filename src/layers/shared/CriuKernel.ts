/**
 * Which CRIU works on which kernel: CRIU reads the kernel's innards, and new kernels break old versions of it.
 *
 * Pure. The table holds what was tried; what is newer than it is taken to work.
 */

/** From this kernel on, CRIU of this version is needed. */
const needs: ReadonlyArray<{ readonly kernel: readonly [number, number]; readonly criu: readonly [number, number] }> = [
  // CRIU 4.1 stops at "sockets: Can't get 1:16 opt".
  { kernel: [6, 16], criu: [4, 2] },
  // CRIU 3.17 stops at "vdso: Unexpected rt vDSO area bounds".
  { kernel: [6, 13], criu: [4, 1] }
]

/** The version of CRIU that this kernel needs, where the given one is older; `undefined` where it will do. */
export const tooOld = (criu: string, kernel: string): string | undefined => {
  const release = parse(kernel)
  const version = parse(criu)
  if (release === undefined || version === undefined) return undefined
  const row = needs.find((one) => !isBefore(release, one.kernel))
  return row !== undefined && isBefore(version, row.criu) ? row.criu.join(".") : undefined
}

const parse = (text: string): readonly [number, number] | undefined => {
  const found = /^(\d+)\.(\d+)/.exec(text)
  return found === null ? undefined : [Number(found[1]), Number(found[2])]
}

const isBefore = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
