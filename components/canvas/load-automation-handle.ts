/** Loads the automation handle only in a browser that a program controls (https://www.w3.org/TR/webdriver2/#interface). */
import type { CanvasParts } from './canvas-context.ts'

/** Loading starts with this module, so that the handle exists once the board is shown. */
const loading = typeof navigator !== 'undefined' && navigator.webdriver ? import('./automation-handle.ts') : null

/** Returns the function that removes the handle. */
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
