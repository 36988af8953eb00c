/**
 * Preloaded into one process (`--import`) to give its wall clock an offset. `CLOCK_OFFSETS_MS` is a comma list; every two seconds the next offset
 * applies, so a single number is a constant offset and a falling list a clock that jumps back. Monotonic time stays right, as on a real machine.
 */
const offsets = (process.env['CLOCK_OFFSETS_MS'] ?? '0').split(',').map(Number)
const stepMs = 2_000
const trueNow = Date.now.bind(Date)
const began = performance.now()
const offsetMs = () => offsets[Math.floor((performance.now() - began) / stepMs) % offsets.length] ?? 0
const skewedNow = () => trueNow() + offsetMs()

class SkewedDate extends Date {
  // Next copies only the own properties of `Date`.
  static override readonly parse = Date.parse
  static override readonly UTC = Date.UTC

  constructor(...parts: unknown[]) {
    super(...((parts.length === 0 ? [skewedNow()] : parts) as [number]))
  }

  static override now() {
    return skewedNow()
  }
}

// Mongoose recognises types by their names.
Object.defineProperty(SkewedDate, 'name', { value: 'Date' })
globalThis.Date = SkewedDate as DateConstructor
