/** The image of containers in the lab, as a file to import: a static busybox, and Python for those that are given its library. */
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import process from "node:process"
import * as Effect from "effect/Effect"

/** Its path; packed once for all daemons of this process, and gone with it. */
export const archive: Effect.Effect<string> = Effect.sync(() => packed ??= pack())

let packed: string | undefined

const loader = "/lib64/ld-linux-x86-64.so.2"

const pack = (): string => {
  const folder = mkdtempSync(`${tmpdir()}/stasis-image-`)
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const rootfs = `${folder}/rootfs`
  mkdirSync(`${rootfs}/bin`, { recursive: true })
  for (const name of ["tmp", "proc", "sys", "dev", "usr", "etc", "lib64"]) mkdirSync(`${rootfs}/${name}`)
  // As everywhere: other users than root write to it, too.
  chmodSync(`${rootfs}/tmp`, 0o1777)
  copyFileSync("/usr/bin/busybox", `${rootfs}/bin/busybox`)
  for (const name of ["sh", "mv", "usleep", "cat", "cp", "sleep", "nc", "test", "true", "false", "echo"]) {
    symlinkSync("busybox", `${rootfs}/bin/${name}`)
  }
  // Where this machine's `/usr/lib` is bound in, Python finds its library and its loader, as Debian has them.
  copyFileSync("/usr/bin/python3", `${rootfs}/bin/python3`)
  symlinkSync("usr/lib", `${rootfs}/lib`)
  symlinkSync(realpathSync(loader), `${rootfs}${loader}`)
  execFileSync("tar", ["-C", rootfs, "-cf", `${folder}/image.tar`, "."])
  rmSync(rootfs, { recursive: true })
  return `${folder}/image.tar`
}
