import type { ReactNode } from 'react'

/** The operations pages are in English, whatever language the visitor reads. */
export default function AdminLayout({ children }: { children: ReactNode }) {
  return (
    <div lang="en" dir="ltr" className="contents">
      {children}
    </div>
  )
}
