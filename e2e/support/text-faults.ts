/** Finds texts that are not translated or do not fit. It runs in the page, so it uses nothing outside itself. */
export const textFaults = (): string[] => {
  const faults: string[] = []
  /** Layout rounds to fractions of a pixel. */
  const toleranceInPx = 1
  const named = ['aria-label', 'title', 'alt', 'placeholder']

  const untranslated = (text: string) => {
    let rest = text
    // A message may contain another one, such as a duration.
    while (/⟦[^⟦⟧]*⟧/.test(rest)) rest = rest.replace(/⟦[^⟦⟧]*⟧/g, '')
    return /\p{L}{2}|[⟦⟧]/u.test(rest)
  }
  const isSkipped = (element: Element) =>
    element.closest('[translate]')?.getAttribute('translate') === 'no' ||
    element.closest('script, style, .sr-only, .without-styles') !== null

  const boxesAround = (element: Element): DOMRect[] => {
    const boxes: DOMRect[] = []
    for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
      const { overflowX, display } = getComputedStyle(box)
      // An element that scrolls may be wider than the screen.
      if (overflowX === 'auto' || overflowX === 'scroll') return boxes
      const clips = overflowX === 'hidden' || overflowX === 'clip'
      if (clips || box.matches('.card, .panel, button, li, main') || (box === element && display !== 'inline'))
        boxes.push(box.getBoundingClientRect())
    }
    return [...boxes, new DOMRect(0, 0, innerWidth, innerHeight)]
  }

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode as Text
    const element = node.parentElement
    const text = node.data.trim()
    if (!element || text === '' || !element.checkVisibility() || element.closest('script, style, .sr-only, .without-styles')) continue
    if (!isSkipped(element) && untranslated(text)) faults.push(`not translated: ${text}`)
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const rect of range.getClientRects()) {
      const clipped = boxesAround(element).some((box) => rect.left < box.left - toleranceInPx || rect.right > box.right + toleranceInPx)
      if (clipped) faults.push(`does not fit: ${text}`)
    }
  }
  for (const element of document.body.querySelectorAll(named.map((name) => `[${name}]`).join())) {
    if (isSkipped(element) || !element.checkVisibility()) continue
    for (const name of named) {
      const value = element.getAttribute(name)
      if (value && untranslated(value)) faults.push(`not translated: ${name} ${value}`)
    }
  }
  return [...new Set(faults)]
}
