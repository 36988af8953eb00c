/** Creates the engine, the session and the UI store of one canvas, and connects them. */
import { isProtected } from '../../lib/area.ts'
import type { BoardPoint } from '../../lib/geometry.ts'
import { colorText, type PageWords } from '../../lib/words/page-words.ts'
import { watchColors } from '../watch-colors.ts'
import { BoardChanges } from './board-changes.ts'
import type { CanvasParts } from './canvas-context.ts'
import { pickColor } from './color-choice.ts'
import { createCanvasEngine } from './engine/engine.ts'
import type { EngineEvents, InputHow } from './engine/types.ts'
import { followLocation } from './follow-location.ts'
import { handleKeys } from './handle-keys.ts'
import { exposeToAutomation } from './load-automation-handle.ts'
import { browserEnvironment } from './session/browser-environment.ts'
import { CanvasSession } from './session/session.ts'
import { createStrokes } from './strokes.ts'
import { takeLinkedId } from './templates/linked/linked-address.ts'
import { TemplateLoader } from './templates/template-loader.ts'
import { watchTemplateFiles } from './templates/watch-template-files.ts'
import { announce, choose, colorInUse, colorName, createUiStore, followOtherTabs, inspect } from './ui-store.ts'
import { startVoice } from './voice/start-voice.ts'

const statusCardPx = 44

/** Where cards cover the board: above the dock, and on a phone also below the status card. */
const coveredByCards = (host: HTMLElement) => {
  const dock = host.parentElement?.querySelector<HTMLElement>('[data-dock]')
  if (!dock) return { top: 0, bottom: 0 }
  const bottom = Math.max(0, innerHeight - dock.getBoundingClientRect().top)
  return { top: dock.dataset['dock'] === 'sheet' ? statusCardPx : 0, bottom }
}

const showTheme = (theme: string) => {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** The style sheet stops its animations, too. */
const showMotion = (isLess: boolean) => {
  if (isLess) document.documentElement.dataset['motion'] = 'less'
  else delete document.documentElement.dataset['motion']
}

const followVisibleTiles = ({ engine, session, templates }: Pick<CanvasParts, 'engine' | 'session' | 'templates'>) => {
  const { tiles, inWindow } = engine.visibleTiles()
  session.viewTiles([...tiles, ...templates.extraTiles(tiles)], inWindow)
}

/** Screen readers read the cell that a key, a tap or the page has chosen. */
const announceCell = ({ engine, session, ui }: CanvasParts, words: PageWords, cell: BoardPoint) => {
  const color = engine.pixelAt(cell)
  const { canvas } = session.store.getState()
  const at = { x: cell.gx, y: cell.gy }
  if (color === null || canvas === null) return announce(ui, words.t('announce.notLoaded', at))
  const key = isProtected(canvas, cell) ? 'announce.protected' : 'announce.cell'
  announce(ui, words.t(key, { ...at, color: colorText(words, colorName(canvas, color)) }))
}

/** The events arrive after all parts exist. Only `onPicture` may arrive earlier. */
const engineEvents = (parts: () => CanvasParts, ui: CanvasParts['ui'], words: PageWords): EngineEvents => ({
  onView(view) {
    ui.setState({ zoom: view.zoom, cell: view.cell })
    followVisibleTiles(parts())
  },
  onCell(cell, how: InputHow) {
    ui.setState({ cell, ...(how === 'keyboard' ? {} : { touch: how === 'touch' }) })
    if (cell && how !== 'pointer') announceCell(parts(), words, cell)
  },
  onPaint(cell) {
    const { engine, session, templates } = parts()
    if (engine.pixelAt(cell) !== null && !engine.isDrawn(cell)) {
      return session.notify({ kind: 'refused', code: 'not_shown' })
    }
    const color = templates.assistColor(cell) ?? colorInUse(session.store.getState().canvas, ui.getState())
    if (session.place(cell, color) && !ui.getState().painted) choose(ui, { painted: true })
  },
  onStroke: createStrokes(parts, words),
  onInspect: (cell) => inspect(ui, cell),
  onPick: (cell) => pickColor(parts(), words, cell),
  onPicture(picture) {
    ui.setState({ picture })
    if (picture === 'simple') parts().session.notify({ kind: 'info', code: 'picture_simple' })
    if (picture === 'incomplete') parts().session.notify({ kind: 'error', code: 'picture_incomplete' })
  },
})

/** Starts a canvas inside `host`. The second result ends it. */
export const startCanvas = (host: HTMLElement, { canvasId, words }: { canvasId: string; words: PageWords }): [CanvasParts, () => void] => {
  const ui = createUiStore(canvasId)
  const motion = matchMedia('(prefers-reduced-motion: reduce)')
  const isMotionLess = () => motion.matches || ui.getState().motion === 'less'
  showMotion(ui.getState().motion === 'less')
  const engine = createCanvasEngine({
    host,
    reducedMotion: isMotionLess(),
    renderer: new URLSearchParams(location.search).get('renderer') === '2d' ? '2d' : 'auto',
    events: engineEvents(() => parts, ui, words),
    covered: () => coveredByCards(host),
  })
  const changes = new BoardChanges()
  const session = new CanvasSession({ environment: browserEnvironment(), canvasId, sink: changes.watch(engine) })
  const templates: TemplateLoader = new TemplateLoader({
    engine,
    session,
    ui,
    words,
    changes,
    canvasId,
    onTilesNeeded: () => followVisibleTiles(parts),
  })
  const parts: CanvasParts = { engine, session, ui, changes, templates }

  const showColor = () => engine.setSelectedColor(colorInUse(session.store.getState().canvas, ui.getState()))
  engine.setGrid(ui.getState().grid)
  const linked = takeLinkedId()
  if (linked) void templates.openLink(linked.id, { isSeen: !linked.hasLocation })
  else if (ui.getState().memory.hasTemplates) void templates.load()
  const onMotion = () => engine.setReducedMotion(isMotionLess())
  motion.addEventListener('change', onMotion)
  const stops = [
    () => motion.removeEventListener('change', onMotion),
    followOtherTabs(ui),
    startVoice(parts, words),
    followLocation(engine, ui),
    handleKeys({ host, words, ...parts }),
    exposeToAutomation(parts),
    watchTemplateFiles(parts),
    watchColors(() => engine.themeChanged()),
    ui.subscribe((state, before) => {
      if (state.color !== before.color) showColor()
      if (state.grid !== before.grid) engine.setGrid(state.grid)
      if (state.tool !== before.tool) engine.setTool(state.tool)
      if (state.motion !== before.motion) {
        showMotion(state.motion === 'less')
        onMotion()
      }
      if (state.theme === before.theme) return
      showTheme(state.theme)
      engine.themeChanged()
    }),
    session.store.subscribe((state, before) => {
      const undone = state.undone - before.undone
      if (undone > 0) announce(ui, words.t('undo.done', { count: undone }))
      const saved = state.saved - before.saved
      if (saved > 0) announce(ui, saved === 1 ? words.t('announce.saved') : words.t('strokes.saved', { count: saved }))
      if (!state.canvas || state.canvas === before.canvas) return
      if (ui.getState().color >= state.canvas.palette.length) choose(ui, { color: 0 })
      showColor()
      followVisibleTiles(parts)
    }),
    () => templates.dispose(),
    () => session.dispose(),
    () => engine.dispose(),
  ]
  return [
    parts,
    () => {
      for (const stop of stops) stop()
    },
  ]
}
