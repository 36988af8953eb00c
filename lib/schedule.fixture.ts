/** Steps and schedules for tests, also arbitrary ones. */
import fc from 'fast-check'
import type { WantedStep } from './plan-schedule.ts'
import type { ScheduledStep, StepAction } from './schedule.ts'

export const stepOf = (id: string, atMs: number, action: StepAction): ScheduledStep => ({ id, atMs, action })

export const announceOf = (text: string, lastsMs: number | null = null): StepAction => ({ type: 'announce', text, level: 'info', lastsMs })

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0').toUpperCase()}`)
const side = fc.integer({ min: 1, max: 400 })
const optional = { requiredKeys: ['type' as const] }

/** Of the right form; whether it can change a canvas depends on the canvas. */
export const anyAction: fc.Arbitrary<StepAction> = fc.oneof(
  fc.constantFrom<StepAction>({ type: 'open' }, { type: 'pause' }, { type: 'close' }),
  fc.record(
    {
      type: fc.constant('pace' as const),
      cooldownMs: fc.integer({ min: 0, max: 86_400_000 }),
      maxCharges: fc.integer({ min: 1, max: 20 }),
      startCharges: fc.integer({ min: 0, max: 20 }),
    },
    optional,
  ),
  fc.record({ type: fc.constant('grow' as const), width: side, height: side }),
  fc.record({ type: fc.constant('colors' as const), colors: fc.array(hex, { minLength: 1, maxLength: 3 }), names: fc.constant([]) }),
  fc.record({
    type: fc.constant('announce' as const),
    text: fc.string({ minLength: 1, maxLength: 280 }),
    level: fc.constantFrom('info' as const, 'important' as const),
    lastsMs: fc.option(fc.integer({ min: 1_000, max: 100_000 })),
  }),
  fc.record({ type: fc.constant('finale' as const), color: fc.option(fc.integer({ min: 0, max: 8 })) }),
)

/** Up to twelve steps in order, some at the same time. */
export const anySchedule: fc.Arbitrary<WantedStep[]> = fc
  .array(fc.record({ waitMs: fc.constantFrom(0, 1, 1_000, 60_000), action: anyAction }), { maxLength: 12 })
  .map((steps) => {
    let atMs = 1_000_000
    return steps.map(({ waitMs, action }) => {
      atMs += waitMs
      return { atMs, action }
    })
  })
