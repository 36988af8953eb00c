/** When a delivery is made again: the schedule that Standard Webhooks recommends. */

const [second, minute, hour] = [1_000, 60_000, 3_600_000]
/** From the end of each failed attempt to the next one. */
const waitsMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour]

export const maxWebhookAttempts = waitsMs.length + 1

/** The deliveries of many endpoints that failed together are spread over this part of the wait. */
const jitter = 0.1

/** `attempts`: how many have failed. Null when there is no further one. */
export const retryWaitMs = (attempts: number, random: () => number): number | null => {
  const waitMs = waitsMs[attempts - 1]
  return waitMs === undefined ? null : Math.round(waitMs * (1 + jitter * random()))
}

/** An endpoint may ask for a wait of 1 s to 1 h. Null without a usable `Retry-After`, which may be a decimal number for Discord. */
export const retryAfterMs = (header: string | undefined): number | null => {
  if (header === undefined || !/^\d{1,9}(\.\d{1,9})?$/.test(header)) return null
  return Math.min(hour, Math.max(second, Math.ceil(Number(header) * second)))
}
