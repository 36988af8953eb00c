'use client'

import { useSite } from './site.tsx'

/** The host's logo, or else the name of the site. */
export const Wordmark = () => {
  const { name, logo, logoSize } = useSite()
  if (logo === null) {
    return (
      <span className="block truncate" translate="no" data-testid="site-name" suppressHydrationWarning>
        {name}
      </span>
    )
  }
  return (
    // biome-ignore lint/performance/noImgElement: Next's own image would copy the picture on the server.
    <img
      src={logo}
      alt={name}
      {...logoSize}
      data-testid="site-logo"
      className="block h-[1.4em] w-auto max-w-[9em] object-contain object-left"
    />
  )
}
