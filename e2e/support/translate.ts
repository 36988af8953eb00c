import type { Page } from '@playwright/test'

/**
 * Changes that translations and extensions make to texts: Chrome's translation wraps them, and extensions replace or remove them.
 * The words stay the same, so that a test can read them.
 */
export type ForeignChange = 'wrapped' | 'replaced' | 'removed'

/** Changes all texts of the page, and each new one when it appears. It runs in the page, so it uses nothing outside itself. */
const changeTexts = (change: ForeignChange) => {
  const one = (text: Text) => {
    const parent = text.parentElement
    if (!parent || text.data.trim() === '' || parent.closest('script, style, font')) return
    if (change === 'removed') return text.remove()
    const made = change === 'wrapped' ? document.createElement('font') : document.createTextNode(text.data)
    if (made instanceof Text) ours.add(made)
    else made.appendChild(document.createElement('font')).textContent = text.data
    text.replaceWith(made)
  }
  const ours = new WeakSet<Node>()
  const within = (root: Node) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    const texts: Text[] = []
    while (walker.nextNode()) texts.push(walker.currentNode as Text)
    texts.filter((text) => !ours.has(text)).forEach(one)
  }
  const watch = () => {
    within(document.body)
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) {
          if (node instanceof Text && !ours.has(node)) one(node)
          else if (node instanceof Element) within(node)
        }
    }).observe(document.body, { subtree: true, childList: true })
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', watch)
  else watch()
}

export const changeTextsNow = (page: Page, change: ForeignChange) => page.evaluate(changeTexts, change)

/** Changes the texts of every later page before React hydrates it. */
export const changeTextsAtLoad = (page: Page, change: ForeignChange) => page.addInitScript(changeTexts, change)
