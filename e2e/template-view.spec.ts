/** How templates are shown, counted and followed. */
import { expect, test } from './support/fixtures.ts'
import { boardColors, withTemplates } from './support/templates.ts'

const tag = { tag: '@embedded' }
const [white, red, blue] = [31, 2, 12]
const rgb = { white: [255, 255, 255], red: [255, 69, 0], blue: [36, 80, 164], black: [0, 0, 0] }
const between = (a: readonly number[], b: readonly number[], part: number) => a.map((value, i) => value + ((b[i] ?? 0) - value) * part)

const isNear = (color: readonly number[], wanted: readonly number[]) => color.every((value, i) => Math.abs(value - (wanted[i] ?? 0)) <= 2)

for (const renderer of ['webgl2', '2d']) {
  test(
    `T7 T8: right cells have no mark, missing ones a ring in the ghost, and wrong ones a notched frame (${renderer})`,
    tag,
    async ({ api, server, openTab }) => {
      await api.placeAll([
        { gx: 40, gy: 30, color: blue },
        { gx: 41, gy: 30, color: red },
      ])
      const rows = [
        [blue, blue, blue],
        [-1, white, red],
      ]
      const path = renderer === '2d' ? '/?renderer=2d#x=42&y=31&z=30' : '/#x=42&y=31&z=30'
      const tab = await openTab({ path, prepare: withTemplates(server.url, [{ name: 'Flag', x: 40, y: 30, rows }]) })
      const ghost = between(rgb.white, rgb.blue, 0.5)
      await expect.poll(async () => isNear(await (await boardColors(tab)).at(42, 30, 0.45, 0.45), ghost)).toBe(true)
      const colors = await boardColors(tab)
      // Right: the color alone. Where the background is wanted and shown, and where nothing is wanted: the board alone.
      for (const [dx, dy] of [
        [0, 0],
        [0.25, 0],
        [0.4, 0.4],
      ] as const) {
        expect(await colors.at(40, 30, dx, dy)).toEqual(rgb.blue)
        expect(await colors.at(41, 31, dx, dy)).toEqual(rgb.white)
        expect(await colors.at(40, 31, dx, dy)).toEqual(rgb.white)
      }
      // Missing: a ring of black between white lines, and the ghost inside of it.
      expect(isNear(await colors.at(42, 30), ghost)).toBe(true)
      expect(isNear(await colors.at(42, 30, 0.25, 0), rgb.black)).toBe(true)
      expect(isNear(await colors.at(42, 31, 0.4, -0.4), between(rgb.white, rgb.red, 0.5))).toBe(true)
      // Wrong: what is there around it, what is wanted inside, two lines between them, and no upper right corner.
      expect(await colors.at(41, 30, 0.45, 0.45)).toEqual(rgb.red)
      expect(await colors.at(41, 30)).toEqual(rgb.blue)
      expect(await colors.at(41, 30, -0.31, 0)).toEqual(rgb.white)
      expect(await colors.at(41, 30, -0.25, 0)).toEqual(rgb.black)
      expect(await colors.at(41, 30, 0.28, -0.28)).toEqual(rgb.red)
      expect(tab.pageErrors).toEqual([])
    },
  )
}
