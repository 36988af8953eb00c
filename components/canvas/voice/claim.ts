/** One tab speaks for all: the first one that claims an event. */

export interface ClaimOptions {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>
  /** Absent without a secure context. */
  readonly locks: Pick<LockManager, 'request'> | undefined
  readonly newToken: () => string
  readonly wait: (ms: number) => Promise<void>
}

export interface Claim {
  /** What it is about: the board and the kind of event. */
  readonly name: string
  readonly atMs: number
  /** Times that differ by less are the same event. */
  readonly toleranceMs: number
}

/** Tabs may run in different processes, and one sees what another one has stored a little later. */
const settleMs = 150

const said = (text: string | null): { atMs: number; token: string } | null => {
  try {
    const value = JSON.parse(text ?? 'null') as { atMs?: unknown; token?: unknown } | null
    return typeof value?.atMs === 'number' && typeof value.token === 'string' ? { atMs: value.atMs, token: value.token } : null
  } catch {
    return null
  }
}

/** Whether this tab may speak. Without storage, tabs cannot agree, and each one may. */
export const claim = async ({ storage, locks, newToken, wait }: ClaimOptions, { name, atMs, toleranceMs }: Claim): Promise<boolean> => {
  const key = `fresco.said.${name}`
  const token = newToken()
  const take = (): boolean => {
    const last = said(storage.getItem(key))
    if (last && Math.abs(last.atMs - atMs) < toleranceMs) return false
    storage.setItem(key, JSON.stringify({ atMs, token }))
    return true
  }
  try {
    if (locks) return await locks.request(key, () => take() && wait(settleMs).then(() => true))
    // Without locks two tabs may write at the same time. The last one speaks.
    if (!take()) return false
    await wait(settleMs)
    return said(storage.getItem(key))?.token === token
  } catch {
    return true
  }
}
