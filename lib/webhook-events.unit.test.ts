import { expect, test } from 'vitest'
import { asEpoch, asSeq } from './brand.ts'
import { canvasOf } from './canvas.fixture.ts'
import type { Canvas } from './canvas.ts'
import { discordMessage } from './discord-message.ts'
import { safeEventId, webhookBody, webhookLimits } from './webhook.ts'
import { planCanvasEvents } from './webhook-events.ts'
import { maxWebhookAttempts, retryAfterMs, retryWaitMs } from './webhook-retries.ts'

const board = canvasOf({ state: 'paused', title: 'Winter' })
const announcement = { id: 'entry1', text: 'Hello', level: 'info', atMs: 1, untilMs: 2_000 } as const
const eventsOf = (change: Partial<Canvas>, before: Partial<Canvas> = {}) => {
  const old = { ...board, ...before }
  const after = { ...old, ...change, rev: old.rev + 1, changedAtMs: 7 }
  return planCanvasEvents({ before: old, after, seq: asSeq(3), atMs: 1_000, publicUrl: 'https://fresco.example' })
}
const canvas = { id: board.id, title: 'Winter', state: 'paused', url: `https://fresco.example/c/${board.id}` }

test('a board that opens or closes has one event, with the state before', () => {
  expect(eventsOf({ state: 'open' })).toEqual([
    {
      id: `${board.id}_${board.epoch}_3_open`,
      type: 'canvas.opened',
      atMs: 1_000,
      data: { canvas: { ...canvas, state: 'open' }, was: 'paused' },
    },
  ])
  expect(eventsOf({ state: 'closed' }, { state: 'open' })).toMatchObject([{ type: 'canvas.closed', data: { was: 'open' } }])
})

test('a change names its fields with their old and new values, and leaves out large ones', () => {
  expect(eventsOf({ cooldownMs: 9, rules: 'x'.repeat(3_000) }, { cooldownMs: 8 })).toEqual([
    {
      id: `${board.id}_${board.epoch}_3_changed`,
      type: 'canvas.changed',
      atMs: 1_000,
      data: {
        canvas,
        changes: [
          { field: 'cooldownMs', old: { value: 8 }, new: { value: 9 } },
          { field: 'rules', old: { value: '' }, new: { isTooLarge: true } },
        ],
      },
    },
  ])
  expect(eventsOf({ state: 'paused' }, { state: 'open' })).toMatchObject([
    { type: 'canvas.changed', data: { changes: [{ field: 'state', old: { value: 'open' }, new: { value: 'paused' } }] } },
  ])
})

test('an announcement has an event when it is new, and none when it is repeated or removed', () => {
  const data = { canvas, announcement: { text: 'Hello', level: 'info', until: '1970-01-01T00:00:02.000Z' } }
  expect(eventsOf({ announcement })).toMatchObject([{ type: 'announcement.published', data }])
  expect(eventsOf({}, { announcement })).toEqual([])
  expect(eventsOf({ announcement: null }, { announcement })).toEqual([])
})

test('a step that ran is reported as the change that it made, and a deleted board has no events', () => {
  const step = { id: 's', atMs: 5, action: { type: 'open' } } as const
  const finished = { ...step, ranAtMs: 6, error: null }
  const types = eventsOf({ state: 'open', schedule: [], finishedSteps: [finished] }, { schedule: [step] }).map(({ type }) => type)
  expect(types).toEqual(['canvas.opened'])
  expect(eventsOf({ schedule: [step] })).toMatchObject([{ type: 'canvas.changed' }])
  expect(eventsOf({ erasing: 'delete', epoch: asEpoch('epoch002'), state: 'closed' })).toEqual([])
})

test('data over the limit of a body is left out, and ids fit into a header', () => {
  const event = { id: 'x', type: 'backup.failed', atMs: 0 } as const
  const room = webhookLimits.maxBodyBytes - webhookBody({ ...event, data: { error: '' } }).length
  expect(webhookBody({ ...event, data: { error: 'x'.repeat(room) } })).toHaveLength(webhookLimits.maxBodyBytes)
  expect(JSON.parse(webhookBody({ ...event, data: { error: 'x'.repeat(room + 1) } }))).toMatchObject({ data: { isTooLarge: true } })
  expect(safeEventId('a.b\r\nc é/d')).toBe('a-b--c---d')
  expect(safeEventId('x'.repeat(500))).toHaveLength(webhookLimits.maxEventId)
})

test('a message for Discord mentions nobody, shows texts as they were typed, and keeps within the limits of Discord', () => {
  const data = { canvas: { title: '**@everyone**', url: 'https://fresco.example/c/main' }, announcement: { text: '<@1> [a](b) #x' } }
  expect(JSON.parse(discordMessage(webhookBody({ id: 'x', type: 'announcement.published', atMs: 0, data })))).toEqual({
    embeds: [
      {
        title: 'Announcement on \\*\\*\\@everyone\\*\\*',
        description: '\\<\\@1\\> \\[a\\]\\(b\\) \\#x',
        url: 'https://fresco.example/c/main',
        timestamp: '1970-01-01T00:00:00.000Z',
      },
    ],
    allowed_mentions: { parse: [] },
  })
  const long = webhookBody({ id: 'x', type: 'backup.failed', atMs: 0, data: { detail: '😀'.repeat(4_000) } })
  const { description } = JSON.parse(discordMessage(long)).embeds[0]
  expect(description.length).toBeLessThanOrEqual(2_048)
  expect(description.isWellFormed()).toBe(true)
})

test('ten attempts are made over three days, with up to a tenth more time between them', () => {
  const waits = Array.from({ length: maxWebhookAttempts }, (_, index) => retryWaitMs(index + 1, () => 0))
  expect(waits.slice(0, 3)).toEqual([5_000, 300_000, 1_800_000])
  expect(waits.at(-1)).toBeNull()
  expect(waits.reduce((sum: number, wait) => sum + (wait ?? 0), 0) / 3_600_000).toBeCloseTo(75.58, 1)
  expect(retryWaitMs(1, () => 1)).toBe(5_500)
})

test('an endpoint can ask for a wait from a second to an hour', () => {
  const texts = ['0', '0.4', '1.5', '3600', '999999999', '-1', '1e9', 'Wed, 21 Oct 2026 07:28:00 GMT', '', undefined]
  expect(texts.map(retryAfterMs)).toEqual([1_000, 1_000, 1_500, 3_600_000, 3_600_000, null, null, null, null, null])
})
