'use client'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { operations } from '../../lib/words/en-operations.ts'
import { productName } from '../../lib/words/language.ts'
import { type Asked, askServer } from './ask-server.ts'

const words = operations.signIn
const linkPrefix = '#sign-in='

/** Takes the secret of a sign-in link out of the address, so that nobody reads it off the screen or out of the history. */
const takeLink = (): string | null => {
  if (!location.hash.startsWith(linkPrefix)) return null
  const secret = location.hash.slice(linkPrefix.length)
  history.replaceState(null, '', location.pathname)
  return secret
}

/** What a sign-in is refused for, besides what any request is. */
const problemOf = ({ code, problem }: Extract<Asked, { kind: 'problem' }>, refused: string) => {
  if (code === 'unauthenticated') return refused
  return code === 'forbidden' ? words.address(location.origin) : problem
}

/** The admin token, or the link that the first start printed, becomes a session cookie that scripts cannot read. */
export const SignIn = ({ onDone }: { onDone: () => void }) => {
  const [problem, setProblem] = useState<string | null>(null)
  const [busyWith, setBusyWith] = useState<'link' | 'token' | null>(null)

  const signIn = useCallback(
    async (proof: { token: unknown } | { link: string }, refused: string) => {
      setBusyWith('link' in proof ? 'link' : 'token')
      const headers = { 'content-type': 'application/json' }
      const asked = await askServer('/api/admin/session', { method: 'POST', headers, body: JSON.stringify(proof) })
      if (asked.kind === 'ok') return onDone()
      setProblem(problemOf(asked, refused))
      setBusyWith(null)
    },
    [onDone],
  )

  useEffect(() => {
    const link = takeLink()
    if (link !== null) void signIn({ link }, words.usedLink)
  }, [signIn])

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void signIn({ token: new FormData(event.currentTarget).get('token') }, words.wrong)
  }

  return (
    <main className="ground grid min-h-dvh place-items-center p-6">
      <form className="card w-full max-w-sm p-7" onSubmit={submit}>
        <p className="font-wordmark text-muted" translate="no">
          {productName}
        </p>
        <h1 className="mt-3 text-lg font-semibold tracking-tight">{words.title}</h1>
        <p className="mt-1.5 text-muted">{busyWith === 'link' ? words.byLink : words.body}</p>
        <label className="mt-5 block text-[12.5px] text-muted">
          <span>{words.token}</span>
          <input
            name="token"
            type="password"
            required
            autoComplete="current-password"
            aria-invalid={problem !== null}
            className="mt-1 h-10 w-full rounded-button border border-line bg-plaster px-3 font-mono text-sm text-ink"
          />
        </label>
        <p role="alert" className="mt-2 min-h-5 text-sinopia">
          {problem}
        </p>
        <button
          type="submit"
          disabled={busyWith !== null}
          className="mt-2 h-10 w-full rounded-button bg-ultramarine px-5 font-medium text-on-accent hover:opacity-90 disabled:opacity-60"
        >
          {words.action}
        </button>
      </form>
    </main>
  )
}
