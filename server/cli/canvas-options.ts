/** The settings of a board as options of `canvas`, and the change that they make. */
import { readFileSync } from 'node:fs'
import { canvasLimits, canvasStates, templateUploads, visibilities } from '../../lib/canvas.ts'
import { colorIndex, colorNames, hexPattern } from '../../lib/palette.ts'
import type { WantedChange } from '../../lib/plan-canvas-change.ts'
import { choice, wholeNumber } from './arguments.ts'
import { UsageError } from './command.ts'

const text = { type: 'string' } as const

export const settingOptions = {
  title: text,
  rules: text,
  'rules-file': text,
  visibility: text,
  state: text,
  'cooldown-ms': text,
  'max-charges': text,
  'start-charges': text,
  width: text,
  height: text,
  'add-colors': text,
  'color-names': text,
  'undo-ms': text,
  assist: text,
  templates: text,
  protect: { type: 'string', multiple: true },
  'only-color': text,
  schedule: text,
  archive: { type: 'boolean' },
} as const

type TextOption = Exclude<keyof typeof settingOptions, 'protect' | 'archive'>
export type SettingValues = Partial<Record<TextOption, string> & { readonly protect: string[]; readonly archive: boolean }>

/** The colors of the board that the options change. */
export interface PresentColors {
  readonly palette: readonly string[]
  readonly colorNames: readonly string[]
}

export const settingsHelp = `  --title TEXT          1 to ${canvasLimits.maxTitle} characters
  --rules TEXT          for painters, in Markdown; "" for none
  --rules-file FILE     the same from a file
  --visibility WHO      listed, or link: on no list, open to whoever has the address
  --state STATE         open: everybody can paint; paused or closed: nobody can
  --cooldown-ms MS      the time in which a painter gains one charge; 0 for no limit
  --max-charges N       the most charges of a painter
  --start-charges N     the charges of a painter who has not painted yet
  --width N --height N  a larger size; the board grows to the right and down
  --add-colors LIST     colours for the end of the palette: "#00AAFF=Sky,#112233"
  --color-names LIST    a name for each colour of the palette: "white,dark red,…"
  --undo-ms MS          how long a painter can undo a pixel; 0 for never
  --assist on|off       whether the chosen colour may follow a template
  --templates WHO       everyone, staff or off: who may upload templates that others
                        follow by a link; on is everyone
  --protect X,Y,W,H     only staff paints there; once for each area, or none.
                        These areas replace those of before
  --only-color COLOR    a finale: the only colour that can be placed, or none
  --schedule FILE       the steps that have not run, as a JSON list in the form of the
                        API; these steps replace those of before. none: no steps
  --archive             closes the board for ever; only its title, rules and
                        visibility can change afterwards`

/** Whether the change depends on the colors that the board has. */
export const needsColors = (values: SettingValues) => values['add-colors'] !== undefined || hexPattern.test(values['only-color'] ?? '')

/** What is given, and nothing else. All usage is checked before the board's colors are needed. */
export const readSettings = (values: SettingValues): ((present: PresentColors) => WantedChange) => {
  const number = (option: TextOption, min: number, max: number) => {
    const given = values[option]
    return given === undefined ? undefined : wholeNumber(option, given, { min, max })
  }
  const { maxCooldownMs, maxCharges, maxUndoMs, minSide, maxSide } = canvasLimits
  const change = {
    title: values.title,
    rules: rulesOf(values),
    visibility: choice('visibility', visibilities, values.visibility),
    state: choice('state', canvasStates, values.state),
    cooldownMs: number('cooldown-ms', 0, maxCooldownMs),
    maxCharges: number('max-charges', 1, maxCharges),
    startCharges: number('start-charges', 0, maxCharges),
    width: number('width', minSide, maxSide),
    height: number('height', minSide, maxSide),
    undoMs: number('undo-ms', 0, maxUndoMs),
    assist: isOn('assist', values.assist),
    templates: templatesOf(values.templates),
    protectedAreas: values.protect && areasOf(values.protect),
    schedule: scheduleOf(values.schedule),
    archived: values.archive,
  }
  const colorChange = readColors(values)
  return (present) => given({ ...change, ...colorChange(present) })
}

const given = (change: object): WantedChange => Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))

const readColors = (values: SettingValues): ((present: PresentColors) => WantedChange) => {
  const { 'add-colors': added, 'color-names': names, 'only-color': only } = values
  const addedColors = added === undefined ? null : addedColorsOf(added)
  if (only !== undefined && only !== 'none' && !/^\d{1,3}$/.test(only) && !hexPattern.test(only)) throw noOnlyColor(only)
  return (present) => {
    const colors = addedColors ? append(addedColors, present) : null
    const palette = colors?.palette ?? present.palette
    return given({
      ...colors,
      colorNames: names === undefined ? colors?.colorNames : listOf(names),
      onlyColor: only === undefined ? undefined : onlyColorOf(only, palette),
    })
  }
}

const isOn = (option: string, given: string | undefined) => {
  const value = choice(option, ['on', 'off'], given)
  return value && value === 'on'
}

/** Older versions had a switch. */
const templatesOf = (given: string | undefined) => choice('templates', templateUploads, given === 'on' ? 'everyone' : given)

const listOf = (list: string) => list.split(',').map((item) => item.trim())

const rulesOf = ({ rules, 'rules-file': file }: SettingValues) => {
  if (rules !== undefined && file !== undefined) throw new UsageError('Give --rules or --rules-file, not both.')
  return file === undefined ? rules : readText('rules-file', file)
}

const readText = (option: string, file: string) => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--${option} ${file} could not be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

/** The server checks the steps. */
const scheduleOf = (file: string | undefined): unknown => {
  if (file === undefined) return undefined
  if (file === 'none') return []
  const text = readText('schedule', file)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--schedule ${file} is not JSON.`)
  }
}

interface AddedColor {
  readonly hex: string
  /** Empty for the default one. */
  readonly name: string
}

const addedColorsOf = (list: string): AddedColor[] =>
  listOf(list).map((item) => {
    const [hex = '', ...name] = item.split('=')
    if (!hexPattern.test(hex.trim())) throw new UsageError(`--add-colors must be a list such as "#00AAFF=Sky,#112233", got "${item}".`)
    return { hex: hex.trim().toUpperCase(), name: name.join('=').trim() }
  })

/** The names of the present colors stay. */
const append = (added: readonly AddedColor[], present: PresentColors): PresentColors => {
  const palette = [...present.palette, ...added.map(({ hex }) => hex)]
  const defaults = colorNames(palette, present.colorNames).slice(present.palette.length)
  return { palette, colorNames: [...present.colorNames, ...added.map(({ name }, index) => name || (defaults[index] ?? ''))] }
}

const areasOf = (given: readonly string[]) => {
  if (given.length === 1 && given[0] === 'none') return []
  return given.map((text) => {
    const [gx, gy, width, height, ...more] = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : undefined))
    if (gx === undefined || gy === undefined || width === undefined || height === undefined || more.length > 0) {
      throw new UsageError(`--protect must be four whole numbers such as 0,0,100,50, or none; got "${text}".`)
    }
    return { gx, gy, width, height }
  })
}

const onlyColorOf = (text: string, palette: readonly string[]): number | null => {
  if (text === 'none') return null
  const index = hexPattern.test(text) ? colorIndex(palette, text) : Number(text)
  if (index === null) throw noOnlyColor(text)
  return index
}

const noOnlyColor = (text: string) => new UsageError(`--only-color must be a colour of the board, its index, or none; got "${text}".`)
