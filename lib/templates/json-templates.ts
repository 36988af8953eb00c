/** Templates in JSON files of other programs: Blue Marble (versions 1 and 2), Wplace and osu!place. */
import { z } from 'zod'
import { bytesOfData, entryOf, pictureAt, type TemplateEntry } from './template-entry.ts'
import { NoTemplate } from './template-problem.ts'

const maxTemplates = 1_000
const maxTiles = 10_000
const maxText = 500
const text = z.string().max(maxText)
const whole = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31)

/** @throws {NoTemplate} */
export const readJsonTemplates = (json: string): TemplateEntry[] => {
  const content = parsed(json)
  for (const { looksLike, read } of formats) if (looksLike(content)) return read(content)
  throw new NoTemplate({ code: 'no_template' })
}

const parsed = (json: string): Record<string, unknown> => {
  try {
    const content: unknown = JSON.parse(json)
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Record<string, unknown>
  } catch {
    throw new NoTemplate({ code: 'damaged_json' })
  }
  throw new NoTemplate({ code: 'no_template' })
}

const checked = <Shape extends z.ZodType>(shape: Shape, content: unknown): z.output<Shape> => {
  const result = shape.safeParse(content)
  if (result.success) return result.data
  throw new NoTemplate({ code: 'wrong_field', field: result.error.issues[0]?.path.join('.') ?? '' })
}

const blueMarble = z.object({
  templates: z.record(z.string(), z.object({ name: text.optional(), tiles: z.record(z.string(), z.string()) })),
})
/** Blue Marble's tiles have 1,000 cells a side, and each cell is a dot in a square of three. */
const blueMarbleTile = 1_000
const blueMarbleScale = 3

const readBlueMarble = (content: unknown): TemplateEntry[] => {
  const templates = Object.entries(checked(blueMarble, content).templates)
  if (templates.length === 0) throw new NoTemplate({ code: 'no_picture' })
  return templates.slice(0, maxTemplates).map(([key, { name = '', tiles }]) => {
    const parts = Object.entries(tiles)
      .slice(0, maxTiles)
      .map(([place, data]) => {
        const field = `templates.${key}.tiles.${place}`
        const numbers = /^\s*(\d{1,5})\s*,\s*(\d{1,5})\s*,\s*(\d{1,4})\s*,\s*(\d{1,4})\s*$/.exec(place)?.slice(1).map(Number)
        if (!numbers) throw new NoTemplate({ code: 'wrong_field', field })
        const [tileX = 0, tileY = 0, x = 0, y = 0] = numbers
        return { bytes: bytesOfData(data, field), x: tileX * blueMarbleTile + x, y: tileY * blueMarbleTile + y }
      })
    if (parts.length === 0) throw new NoTemplate({ code: 'no_picture' })
    const at = { x: Math.min(...parts.map(({ x }) => x)), y: Math.min(...parts.map(({ y }) => y)) }
    const moved = parts.map((part) => ({ ...part, x: part.x - at.x, y: part.y - at.y }))
    return entryOf({ name, at, picture: { kind: 'parts', parts: moved }, scale: blueMarbleScale })
  })
}

const wplace = z.object({ name: text.optional(), image: z.object({ dataUrl: z.string().regex(/^data:image\//i) }) })

const readWplace = (content: unknown): TemplateEntry[] => {
  const { name = '', image } = checked(wplace, content)
  return [entryOf({ name, picture: pictureAt(image.dataUrl, 'image.dataUrl') })]
}

const osuplace = z.object({
  templates: z.array(
    z.object({
      name: text.optional(),
      sources: z.array(z.string()).min(1),
      x: whole,
      y: whole,
      frameWidth: z.int().positive().nullish(),
      frameHeight: z.int().positive().nullish(),
    }),
  ),
})

const readOsuplace = (content: unknown): TemplateEntry[] => {
  const { templates } = checked(osuplace, content)
  if (templates.length === 0) throw new NoTemplate({ code: 'no_picture' })
  return templates.slice(0, maxTemplates).map(({ name = '', sources, x, y, frameWidth, frameHeight }, index) => {
    const source = sources.find((each) => /^data:/i.test(each)) ?? sources[0] ?? ''
    const field = `templates.${index}.sources`
    if (!/^(?:data:image\/|https?:\/\/)/i.test(source)) throw new NoTemplate({ code: 'wrong_field', field })
    const frame = frameWidth && frameHeight ? { width: frameWidth, height: frameHeight } : null
    return entryOf({ name, at: { x, y }, picture: pictureAt(source, field), frame })
  })
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

const formats: readonly { looksLike: (content: Record<string, unknown>) => boolean; read: (content: unknown) => TemplateEntry[] }[] = [
  { looksLike: ({ whoami, templates }) => whoami === 'BlueMarble' || isObject(templates), read: readBlueMarble },
  { looksLike: ({ image }) => isObject(image), read: readWplace },
  { looksLike: ({ templates }) => Array.isArray(templates), read: readOsuplace },
]
