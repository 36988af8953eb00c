'use client'
import { type FormEvent, useState } from 'react'
import { en } from '../../lib/words/en.ts'
import { operations } from '../../lib/words/en-operations.ts'

const words = operations.signIn

/** The admin token becomes a session cookie that scripts cannot read. */
export const SignIn = ({ onDone }: { onDone: () => void }) => {
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  const signIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const token = new FormData(event.currentTarget).get('token')
    setBusy(true)
    try {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch('/api/admin/session', { method: 'POST', headers, body: JSON.stringify({ token }) })
      if (response.ok) return onDone()
      setProblem(response.status === 401 ? words.wrong : words.failed)
    } catch {
      setProblem(words.failed)
    }
    setBusy(false)
  }

  return (
    <main className="ground grid min-h-dvh place-items-center p-6">
      <form className="card w-full max-w-sm p-7" onSubmit={(event) => void signIn(event)}>
        <p className="font-wordmark text-muted">{en.name}</p>
        <h1 className="mt-3 text-lg font-semibold tracking-tight">{words.title}</h1>
        <p className="mt-1.5 text-muted">{words.body}</p>
        <label className="mt-5 block text-[12.5px] text-muted">
          {words.token}
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
          disabled={isBusy}
          className="mt-2 h-10 w-full rounded-button bg-ultramarine px-5 font-medium text-on-accent hover:opacity-90 disabled:opacity-60"
        >
          {words.action}
        </button>
      </form>
    </main>
  )
}
