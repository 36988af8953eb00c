'use client'

/** The picture of a board in a list: first the one in the HTML, then newer ones while it is on the screen. */
import { type RefObject, useEffect, useRef, useState } from 'react'

const loadEveryMs = 5_000
const patienceMs = 20_000

export interface Picture {
  readonly state: 'loading' | 'shown' | 'failed'
  readonly src: string
  readonly onLoad: () => void
  readonly onError: () => void
}

/** Calls `load` every few seconds while the element is on the screen and the page is visible. */
const watchWhileShown = (element: HTMLElement, load: () => void) => {
  let isShown = false
  let loadedAtMs = performance.now()
  const loadIfDue = () => {
    if (!isShown || document.visibilityState !== 'visible' || performance.now() - loadedAtMs < loadEveryMs) return
    loadedAtMs = performance.now()
    load()
  }
  const observer = new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting ?? false
    loadIfDue()
  })
  observer.observe(element)
  const timer = setInterval(loadIfDue, loadEveryMs / 4)
  return () => {
    observer.disconnect()
    clearInterval(timer)
  }
}

export const usePicture = (address: string, image: RefObject<HTMLImageElement | null>): Picture => {
  const [state, setState] = useState<Picture['state']>('loading')
  /** A newer picture of this address, as a blob. */
  const [newer, setNewer] = useState<{ address: string; url: string } | null>(null)
  const tag = useRef<string | null>(null)

  useEffect(() => {
    const element = image.current
    if (!element) return
    // It may have arrived before React.
    if (element.complete) setState(element.naturalWidth > 0 ? 'shown' : 'failed')
    const load = async () => {
      // The browser sends the tag of the picture that it has.
      const response = await fetch(address, { cache: 'no-cache', signal: AbortSignal.timeout(patienceMs) }).catch(() => null)
      const etag = response?.headers.get('etag') ?? null
      if (!response?.ok || (etag !== null && etag === tag.current)) return
      const blob = await response.blob().catch(() => null)
      if (!blob) return
      tag.current = etag
      setNewer({ address, url: URL.createObjectURL(blob) })
    }
    return watchWhileShown(element, () => void load())
  }, [address, image])

  useEffect(() => {
    if (newer) return () => URL.revokeObjectURL(newer.url)
  }, [newer])

  return {
    state,
    src: newer?.address === address ? newer.url : address,
    onLoad: () => setState('shown'),
    onError: () => setState('failed'),
  }
}
