/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The page of golden checkpoints, made by the program, opened from its file in a browser that is offline. */
import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Either from "effect/Either"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as ImageFile from "../../../src/domain/image/ImageFile.ts"
import { kinds } from "../../../src/domain/image/kinds.ts"
import * as Program from "../Program.ts"

const root = join(import.meta.dirname, "../../..")
const golden = join(root, "test/golden/web-1")
const hostile = "</script><img src=x onerror=\"window.broken=1\"><b onmouseover='window.broken=1'>&amp;"

let program: Program.Program
let browser: Browser
let folder: string

beforeAll(async () => {
  program = await Program.make()
  folder = mkdtempSync(join(tmpdir(), "stasis-page-"))
  write("golden.html", golden)
  browser = await chromium.launch({
    executablePath: execFileSync("node", [join(root, "scripts/browser.mjs")], { encoding: "utf8" }).trim(),
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync"]
    ]
  })
})

afterAll(async () => {
  await browser?.close()
  program?.remove()
  if (folder !== undefined) rmSync(folder, { recursive: true })
})

const write = (name: string, images: string, ...more: ReadonlyArray<string>): string => {
  const file = join(folder, name)
  expect(program.stasis(["inspect", "--path", images, "--html", file, ...more])).toMatchObject({ code: 0, err: "" })
  return file
}

interface Look {
  readonly width?: number
  readonly scheme?: "light" | "dark"
  readonly scripts?: boolean
}

/** Opens a page, does something with it, and holds it to no error and no request but for the file. */
const open = async (name: string, use: (page: Page) => Promise<void>, look: Look = {}) => {
  const url = pathToFileURL(join(folder, name)).href
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1200, height: 900 },
    colorScheme: look.scheme ?? "light",
    javaScriptEnabled: look.scripts ?? true,
    offline: true
  })
  const page = await context.newPage()
  const said: Array<string> = []
  page.on("console", (message) => said.push(message.text()))
  page.on("pageerror", (error) => said.push(error.message))
  page.on("request", (request) => request.url().split("#")[0] === url || said.push(`request ${request.url()}`))
  page.on("dialog", (dialog) => said.push(`dialog ${dialog.message()}`))
  await page.goto(url)
  await use(page)
  await context.close()
  expect(said).toEqual([])
}

/** What of a map can be measured, in units of the map. */
const bars = (page: Page, pid: number) =>
  page.$$eval(`[data-map="${pid}"] a.area`, (areas) =>
    areas.map((area) => {
      const rect = area.querySelector("rect.kind")
      return {
        size: Number(area.getAttribute("data-size")),
        // As the browser lays it out, on a map that is as wide as all.
        width: (rect?.getBoundingClientRect().width ?? 0) / (area.closest("svg")?.getBoundingClientRect().width ?? 1),
        x: Number(rect?.getAttribute("x")),
        kind: area.getAttribute("class"),
        cells: Array.from(area.querySelectorAll("path"), (path) =>
          Array.from((path.getAttribute("d") ?? "").matchAll(/M([\d.]+) 18H([\d.]+)/g), ([, from, to]) => ({
            look: path.getAttribute("class"),
            from: Number(from),
            to: Number(to)
          }))).flat()
      }
    }))

describe("the page", () => {
  it("is a file that only its owner may read, and never takes the place of another unasked", () => {
    const file = join(folder, "golden.html")
    expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(join(folder, "mine.html"), "mine")
    const again = ["inspect", "--path", golden, "--html", join(folder, "mine.html")]
    expect(program.stasis(again)).toMatchObject({ code: 1, err: expect.stringContaining("it exists already") })
    expect(readFileSync(join(folder, "mine.html"), "utf8")).toBe("mine")
    expect(program.stasis([...again, "--force"])).toMatchObject({ code: 0 })
    expect(readFileSync(join(folder, "mine.html"), "utf8")).toContain("<title>web-1 – stasis</title>")
    expect(program.stasis(["inspect", "--path", golden, "--html", "-"]).out).toMatch(
      /^<!doctype html>[\s\S]*<\/html>\n$/
    )
  })

  it("takes no style, script or anything else but its own", async () => {
    const text = readFileSync(join(folder, "golden.html"), "utf8")
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]
    expect(policy).toMatch(
      /^default-src &#39;none&#39;; style-src &#39;sha256-[^;]{44}&#39;; script-src &#39;sha256-[^;]{44}&#39;; base-uri/
    )
    writeFileSync(join(folder, "entered.html"), text.replace("<main", "<script>window.broken = 1</script><main"))
    const page = await browser.newPage()
    await page.goto(pathToFileURL(join(folder, "entered.html")).href)
    expect(await page.evaluate(() => "broken" in window)).toBe(false)
    await page.close()
  })

  it("shows each process, whom it descends from, and leads to its memory and files", () =>
    open("golden.html", async (page) => {
      expect(await page.title()).toBe("web-1 – stasis")
      const pids = await page.$$eval("#processes li[id]", (all) => all.map(({ id }) => id))
      expect(pids).toEqual(["p1", "p6", "p7", "p8", "p9", "p10", "p11"])
      expect(await page.$$eval("#p1 > details > ul > li", (all) => all.length)).toBe(6)
      expect(await page.textContent("#p10 summary")).toContain("stopped (SIGSTOP)")
      expect(await page.textContent("#p11 summary")).toContain("zombie")
      const broken = await page.$$eval(
        "a[href^='#']",
        (all) =>
          all.map((one) => one.getAttribute("href") ?? "").filter((href) =>
            document.getElementById(href.slice(1)) === null
          )
      )
      expect(broken).toEqual([])
      await page.click("#p6 .links a[href='#m6']")
      expect(
        await page.locator("#m6").evaluate((one) => {
          const { bottom, top } = one.getBoundingClientRect()
          return top < innerHeight && bottom > 0
        })
      ).toBe(true)
    }))

  it("draws the areas of a process to one scale, and the pages where they are", () =>
    open("golden.html", async (page) => {
      const scale = Number(await page.getAttribute("[data-map='6']", "data-scale"))
      const all = await bars(page, 6)
      expect(all.length).toBeGreaterThan(8)
      for (const { size, width } of all) expect(width * 1000).toBeCloseTo(Math.max(3, size / scale), 0)
      // The cache of worker 1: a MiB of which each twentieth page was written, in three areas since a part is read-only.
      const large = all.filter(({ kind, size }) => kind?.includes("k-anonymous") && size >= 64 * 4096)
      expect(large.map(({ size }) => size / 4096)).toEqual([128, 64, 64])
      const pages = large.flatMap(({ cells, size, width, x }, index) => {
        const perPage = (width * 1000 * 4096) / size
        for (const { from, look, to } of cells) {
          expect(look).toBe("dumped l4")
          expect(to - from).toBeCloseTo(perPage, 1)
        }
        return cells.map(({ from }) => ([0, 128, 192][index] ?? 0) + Math.round((from - x) / perPage))
      })
      expect(pages).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 240])
    }))

  it("tells of an area that is pointed at or moved to by keys", () =>
    open("golden.html", async (page) => {
      const areas = page.locator("[data-map='6'] a.area")
      const heap = page.locator("[data-map='6'] a.k-heap").first()
      await heap.hover()
      expect(await page.textContent("#tip")).toMatch(/^heap0x[0-9a-f]+ to 0x[0-9a-f]+32\.0 KiB, rw-p.*dumped$/)
      await areas.first().focus()
      await page.keyboard.press("End")
      expect(await areas.last().evaluate((one) => one === document.activeElement)).toBe(true)
      await page.keyboard.press("ArrowLeft")
      expect(await areas.last().evaluate((one) => one === document.activeElement)).toBe(false)
      await page.keyboard.press("Home")
      expect(await page.isVisible("#a6-0")).toBe(false)
      await page.keyboard.press("Enter")
      await page.waitForURL(/#a6-0$/)
      await page.locator("#a6-0").waitFor({ state: "visible" })
      await page.locator("#p1 > details > summary").focus()
      await page.keyboard.press("Enter")
      expect(await page.isVisible("#p6")).toBe(false)
    }))

  it("filters what is open", () =>
    open("golden.html", async (page) => {
      const rows = page.locator("#filtered tbody tr:visible")
      const all = await rows.count()
      await page.fill("#filter", "inet LISTENING")
      const found = await rows.allTextContents()
      expect(found.length).toBeGreaterThan(0)
      expect(found.length).toBeLessThan(all)
      for (const text of found) expect(text).toMatch(/inet.*listening/)
      await page.fill("#filter", "no such thing")
      expect(await rows.count()).toBe(0)
      expect(await page.textContent("#matches")).toBe("0 descriptors")
      await page.fill("#filter", "")
      expect(await rows.count()).toBe(all)
    }))

  it("draws the freeze to scale", () =>
    open("golden.html", async (page) => {
      const lanes = await page.$$eval(".timeline rect", (all) =>
        all.map((one) => Number(one.getAttribute("data-micros")) / one.getBoundingClientRect().width))
      expect(lanes).toHaveLength(4)
      for (const lane of lanes) {
        expect(lane / (lanes[0] ?? 1)).toBeCloseTo(1, 1)
      }
    }))

  it("is read without scripts", () =>
    open("golden.html", async (page) => {
      expect(await page.isVisible("#p6")).toBe(true)
      expect(await page.isVisible("[data-map='6'] a.k-heap")).toBe(true)
      expect(await page.isVisible("#filter")).toBe(false)
    }, { scripts: false }))

  it.each(["light", "dark"] as const)("has contrast in the %s", (scheme) =>
    open("golden.html", async (page) => {
      const poor = await page.evaluate(() => {
        const channels = (text: string) => (text.match(/[\d.]+/g) ?? []).map(Number)
        const luminance = (text: string) => {
          const [r = 0, g = 0, b = 0] = channels(text).map((one) => {
            const value = one / 255
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
          })
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const ground = (element: Element | null): string => {
          for (let one = element; one !== null; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor
            if (channels(colour)[3] !== 0) return colour
          }
          return "rgb(255, 255, 255)"
        }
        const texts = Array.from(document.querySelectorAll("body *")).filter((one) =>
          !(one instanceof SVGElement) &&
          Array.from(one.childNodes).some((node) => node.nodeType === 3 && node.textContent?.trim())
        )
        return texts.flatMap((one) => {
          const pair = [luminance(getComputedStyle(one).color), luminance(ground(one))].sort((a, b) => b - a)
          const contrast = ((pair[0] ?? 0) + 0.05) / ((pair[1] ?? 0) + 0.05)
          return contrast < 4.5 ? [`${one.tagName}.${one.className}: ${contrast.toFixed(2)}`] : []
        })
      })
      expect(Array.from(new Set(poor))).toEqual([])
      const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(dark).toBe(scheme === "dark" ? "rgb(19, 20, 23)" : "rgb(246, 246, 243)")
    }, { scheme }))

  it("fits a telephone, and paper", () =>
    open("golden.html", async (page) => {
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
      await page.emulateMedia({ media: "print" })
      expect(await page.isVisible("nav")).toBe(false)
      expect(await page.isVisible("#filter")).toBe(false)
      expect(await page.isVisible("[data-map='6'] svg")).toBe(true)
    }, { width: 400 }))

  it("holds values of environments only where they were asked for", () => {
    expect(readFileSync(join(folder, "golden.html"), "utf8")).not.toContain("golden-secret")
    expect(readFileSync(join(folder, "golden.html"), "utf8")).toContain("TOKEN")
    expect(readFileSync(write("secrets.html", golden, "--env"), "utf8")).toContain("TOKEN=golden-secret")
  })

  it("is unmoved by what a process calls itself", async () => {
    const images = join(folder, "hostile")
    cpSync(golden, images, { recursive: true })
    const file = join(images, "core-1.img")
    const core = Either.getOrThrow(ImageFile.read(kinds.core, new Uint8Array(readFileSync(file))))
    const files = Either.getOrThrow(
      ImageFile.read(kinds.files, new Uint8Array(readFileSync(join(images, "files.img"))))
    )
    writeFileSync(
      file,
      ImageFile.write(
        kinds.core,
        core.entries.map((entry) => ({
          ...entry,
          value: entry.value.tc === undefined
            ? entry.value
            : { ...entry.value, tc: { ...entry.value.tc, comm: hostile } }
        }))
      )
    )
    writeFileSync(
      join(images, "files.img"),
      ImageFile.write(
        kinds.files,
        files.entries.map((entry) => ({
          ...entry,
          value: entry.value.reg === undefined
            ? entry.value
            : { ...entry.value, reg: { ...entry.value.reg, name: `/${hostile}` } }
        }))
      )
    )
    write("hostile.html", images)
    await open("hostile.html", async (page) => {
      expect(await page.textContent("#p1 > details > summary > b")).toBe(hostile)
      expect(await page.locator("#f1 code").allTextContents()).toEqual(
        expect.arrayContaining([expect.stringContaining(hostile)])
      )
      await page.locator("[data-map='1'] a.k-file").first().hover()
      expect(await page.textContent("#tip")).toContain(hostile)
      expect(await page.locator("img").count()).toBe(0)
      expect(await page.evaluate(() => "broken" in window)).toBe(false)
    })
  })

  it("still opens with five hundred processes", async () => {
    const images = join(folder, "many")
    cpSync(golden, images, { recursive: true })
    const pids = Array.from({ length: 500 }, (_, index) => 1000 + index)
    for (const pid of pids) {
      for (const kind of ["core", "mm", "pagemap", "ids", "fs"]) {
        cpSync(join(golden, `${kind}-6.img`), join(images, `${kind}-${pid}.img`))
      }
    }
    const file = join(images, "pstree.img")
    const tree = Either.getOrThrow(ImageFile.read(kinds.pstree, new Uint8Array(readFileSync(file))))
    // Each of the first hundred descends from the one before it: deeper than a page is nested.
    const more = pids.map((pid, index) => ({
      value: { pid, ppid: index > 0 && index < 100 ? pid - 1 : 1, pgid: 1, sid: 1, threads: [pid] }
    }))
    writeFileSync(file, ImageFile.write(kinds.pstree, [...tree.entries, ...more]))
    const page = readFileSync(write("many.html", images), "utf8")
    expect(page.length).toBeLessThan(12_000_000)
    await open("many.html", async (page) => {
      expect(await page.locator("#processes li[id]").count()).toBe(507)
      expect(await page.locator("#memory .card").count()).toBe(506)
      expect(await page.isVisible("[data-map='1099']")).toBe(false)
      await page.evaluate(() => location.assign("#m1099"))
      await page.locator("[data-map='1099']").waitFor({ state: "visible" })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
    }, { width: 400 })
  })
})
