/** Whether a client already has this version: weak comparison (RFC 9110, 8.8.3.2 and 13.1.2). */
export const matchesTag = (ifNoneMatch: string | null, etag: string) => {
  if (ifNoneMatch === null) return false
  const bare = etag.replace(/^W\//, '')
  return ifNoneMatch.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === bare)
}
