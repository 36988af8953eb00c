/** Loads the automation handle in a browser that a program drives (https://www.w3.org/TR/webdriver2/#interface). Others never load it. */
import type { CanvasParts } from './canvas-context.ts'

/** Started when this module is loaded, so that the handle is there once the board is shown. */
const loading = typeof navigator !== 'undefined' && navigator.webdriver ? import('./automation-handle.ts') : null

/** Answers what takes the handle away. */
export const exposeToAutomation = (parts: CanvasParts): (() => void) => {
  let isStopped = false
  let remove: (() => void) | null = null
  void loading?.then(({ exposeHandle }) => {
    if (!isStopped) remove = exposeHandle(parts)
  })
  return () => {
    isStopped = true
    remove?.()
  }
}
