/** The clicks of a crowd: the pixels of a picture, or random ones. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { asCanvasId, asEpoch } from '../../../lib/brand.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { paintsNothing, readPicture } from '../../pictures/picture.ts'
import { CommandFailure, UsageError } from '../command.ts'
import type { Click } from './schedule.ts'

export const canvasSchema = z.object({
  id: z.string(),
  epoch: z.string(),
  width: z.int(),
  height: z.int(),
  tileSize: z.int(),
  palette: z.array(z.string()),
  background: z.int(),
})
export type ShownCanvas = z.infer<typeof canvasSchema>

/** X, Y, width and height. */
export type Crop = readonly [number, number, number, number]

export const cropOf = (text: string | undefined): Crop | null => {
  if (text === undefined) return null
  const parts = text.split(',').map(Number)
  const [x = -1, y = -1, width = 0, height = 0] = parts
  if (parts.length !== 4 || !parts.every(Number.isInteger) || x < 0 || y < 0 || width < 1 || height < 1) {
    throw new UsageError(`--crop must be X,Y,W,H in whole pixels, got "${text}".`)
  }
  return [x, y, width, height]
}

export const pictureClicks = async (file: string, crop: Crop | null, canvas: ShownCanvas): Promise<Click[]> => {
  const png = await readFile(file).catch((cause: unknown) => {
    throw new CommandFailure(`${file} could not be read.`, { cause })
  })
  const whole = { ...canvas, id: asCanvasId(canvas.id), epoch: asEpoch(canvas.epoch) }
  const rules = { title: '', rev: 0, cooldownMs: 0, maxCharges: 1, startCharges: 1, state: 'open' as const }
  const read = await readPicture({ png, canvas: { ...whole, ...rules }, gx: 0, gy: 0, nearest: false })
  if (!read.ok) throw new CommandFailure(`${file}: ${read.refusal.detail}`)
  const { picture } = read
  const [x, y, width, height] = crop ?? [0, 0, picture.width, picture.height]
  if (x + width > picture.width || y + height > picture.height) throw new CommandFailure('--crop extends beyond the picture.')
  const clicks: Click[] = []
  for (let gy = y; gy < y + height; gy++) {
    for (let gx = x; gx < x + width; gx++) {
      const color = picture.colors[gy * picture.width + gx] ?? paintsNothing
      if (color !== paintsNothing) clicks.push({ gx, gy, color })
    }
  }
  return clicks
}

/** No pixel is clicked twice, so that each click can be recognized on the board. */
export const randomClicks = (count: number, canvas: ShownCanvas): Click[] => {
  const random = randomsOf(1)
  const pixels = new Set<number>()
  const most = Math.min(count, canvas.width * canvas.height)
  while (pixels.size < most) pixels.add(Math.floor(random() * canvas.width * canvas.height))
  return [...pixels].map((pixel) => ({
    gx: pixel % canvas.width,
    gy: Math.floor(pixel / canvas.width),
    color: Math.floor(random() * canvas.palette.length),
  }))
}
