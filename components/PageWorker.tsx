'use client'

import { useEffect } from 'react'
import { useWords } from './language.tsx'
import { reloadForMissingChunk } from './missing-chunk.ts'

/** After the page has loaded, so that the worker delays nothing. Without a secure context there is none, and the page works alike. */
const registerWorker = async (language: string) => {
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve, { once: true }))
  await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage({ language })
}

/** Registers the service worker, and reloads the page once when a part of it is no longer on the server. */
export const PageWorker = () => {
  const { language } = useWords()
  useEffect(() => {
    if ('serviceWorker' in navigator) registerWorker(language).catch(() => undefined)
  }, [language])
  useEffect(() => {
    const onRejection = ({ reason }: PromiseRejectionEvent) => void reloadForMissingChunk(reason)
    addEventListener('unhandledrejection', onRejection)
    return () => removeEventListener('unhandledrejection', onRejection)
  }, [])
  return null
}
