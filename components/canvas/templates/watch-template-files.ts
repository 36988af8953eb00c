/** Pictures and files that are dropped on the page or pasted, and links with a picture, open the card of the templates. */
import type { CanvasParts } from '../canvas-context.ts'
import type { TemplateImports } from './template-imports.ts'

const isField = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null

/** A link of Pxls, or the content of a JSON file. */
const isTemplateText = (text: string) => /[#?&]template=/.test(text) || /^\s*\{[\s\S]*"(?:templates|image)"/.test(text)

export const watchTemplateFiles = ({ ui, templates }: Pick<CanvasParts, 'ui' | 'templates'>): (() => void) => {
  const stop = new AbortController()
  const { signal } = stop
  const read = (use: (imports: TemplateImports) => Promise<void>) => {
    ui.setState({ panel: 'template', panelIsLow: false })
    templates.load().then(
      () => {
        const { imports } = templates.state.getState()
        if (imports) void use(imports)
      },
      // The card says that it could not be loaded.
      () => undefined,
    )
  }
  const readFrom = (data: DataTransfer | null, event: Event) => {
    const file = data?.files[0]
    const text = data?.getData('text/uri-list') || data?.getData('text/plain') || ''
    if (!file && !isTemplateText(text)) return
    event.preventDefault()
    read((imports) => (file ? imports.readFile(file) : imports.readText(text)))
  }
  // Without this, the browser would leave the page and show the file.
  addEventListener('dragover', (event) => !isField(event.target) && event.preventDefault(), { signal })
  addEventListener(
    'drop',
    (event) => {
      if (isField(event.target)) return
      event.preventDefault()
      readFrom(event.dataTransfer, event)
    },
    { signal },
  )
  addEventListener('paste', (event) => !isField(event.target) && readFrom(event.clipboardData, event), { signal })
  // A link with the picture inside was opened.
  const address = location.href
  if (/[#&]template=/.test(location.hash)) read((imports) => imports.readText(address))
  return () => stop.abort()
}
