'use client'
import { type FormEvent, useCallback, useEffect, useState } from 'react'
import { type OperationsWords, problemText } from '../../lib/words/operations-words.ts'
import { Wordmark } from '../Wordmark.tsx'
import { type RequestResult, sendRequest } from './send-request.ts'
import { useOperationsWords } from './use-operations-words.ts'

const linkPrefix = '#sign-in='

/** Removes the secret of a sign-in link from the address, so that nobody can read it on the screen or in the history. */
const takeLink = (): string | null => {
  if (!location.hash.startsWith(linkPrefix)) return null
  const secret = location.hash.slice(linkPrefix.length)
  history.replaceState(null, '', location.pathname)
  return secret
}

type Failed = Extract<RequestResult, { kind: 'problem' }>

/** Why a sign-in failed. `refused` is the text for a wrong token or link. */
const failureOf = (words: OperationsWords, { code, problem }: Failed, refused: string) => {
  if (code === 'unauthenticated') return refused
  return code === 'forbidden' ? words.t('signIn.address', { address: location.origin }) : problemText(words, problem)
}

/** Exchanges the admin token, or the link that the first start printed, for a session cookie that scripts cannot read. */
const useSignIn = (words: OperationsWords, onDone: () => void) => {
  const { t } = words
  const [problem, setProblem] = useState<string | null>(null)
  const [busyWith, setBusyWith] = useState<'link' | 'token' | null>(null)

  const signIn = useCallback(
    async (proof: { token: unknown } | { link: string }, refused: string) => {
      setBusyWith('link' in proof ? 'link' : 'token')
      const headers = { 'content-type': 'application/json' }
      const result = await sendRequest('/api/admin/session', { method: 'POST', headers, body: JSON.stringify(proof) })
      if (result.kind === 'ok') return onDone()
      setProblem(failureOf(words, result, refused))
      setBusyWith(null)
    },
    [onDone, words],
  )

  useEffect(() => {
    const link = takeLink()
    if (link !== null) void signIn({ link }, t('signIn.usedLink'))
  }, [signIn, t])

  return { problem, busyWith, signIn }
}

export const SignIn = ({ onDone }: { onDone: () => void }) => {
  const words = useOperationsWords()
  const { t } = words
  const { problem, busyWith, signIn } = useSignIn(words, onDone)

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void signIn({ token: new FormData(event.currentTarget).get('token') }, t('signIn.wrong'))
  }

  return (
    <main className="ground grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center p-6">
      <form className="card w-full max-w-sm p-7" onSubmit={submit}>
        <div className="font-wordmark text-muted">
          <Wordmark />
        </div>
        <h1 className="mt-3 text-lg font-semibold tracking-tight">{t('signIn.title')}</h1>
        <p className="mt-1.5 text-muted">{t(busyWith === 'link' ? 'signIn.byLink' : 'signIn.body')}</p>
        <label className="mt-5 block text-[12.5px] text-muted">
          <span>{t('signIn.token')}</span>
          <input
            name="token"
            type="password"
            required
            autoComplete="current-password"
            aria-invalid={problem !== null}
            className="mt-1 h-10 w-full rounded-button border border-line bg-plaster pointer-coarse:h-[44px] px-3 font-mono text-sm text-ink"
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
          {t('signIn.action')}
        </button>
      </form>
    </main>
  )
}
