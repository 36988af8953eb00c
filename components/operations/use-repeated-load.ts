import { useEffect } from 'react'

/** Loads at once, and again `everyMs` after each answer while the component is shown. `load` must not reject. */
export const useRepeatedLoad = (load: () => Promise<unknown>, everyMs: number) =>
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const turn = async () => {
      await load()
      if (isShown) timer = setTimeout(() => void turn(), everyMs)
    }
    void turn()
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [load, everyMs])
