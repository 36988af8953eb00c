import { type ReactNode, useEffect, useRef } from 'react'

interface EditFormProps {
  readonly label: string
  readonly testId: string
  /** How often a save found wrong fields. Each time, the first of them gets the focus. */
  readonly attempts: number
  readonly onSave: () => void
  readonly children: ReactNode
}

export const EditForm = ({ label, testId, attempts, onSave, children }: EditFormProps) => {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [attempts])
  return (
    <form
      ref={form}
      noValidate
      aria-label={label}
      data-testid={testId}
      className="flex min-w-0 flex-col gap-4 [&_:is(input,select,textarea,button)]:scroll-mb-28"
      onSubmit={(event) => {
        event.preventDefault()
        onSave()
      }}
    >
      {children}
    </form>
  )
}
