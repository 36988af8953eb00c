/** Calls when the page loses the focus, is hidden or is left. Returns the function that ends listening. */
export const onFocusLost = (listener: () => void): (() => void) => {
  const stop = new AbortController()
  const { signal } = stop
  addEventListener('blur', listener, { signal })
  addEventListener('pagehide', listener, { signal })
  document.addEventListener('visibilitychange', () => document.hidden && listener(), { signal })
  return () => stop.abort()
}
