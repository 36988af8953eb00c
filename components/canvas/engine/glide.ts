/**
 * Movement after a release: the inertia of a pan, and the animation of a zoom step. Steps are pure functions of the elapsed time,
 * so one slow frame ends at the same point as several fast ones.
 */
import type { PlanePoint, ScreenPoint } from './camera.ts'

/** CSS pixels per second. */
export interface Velocity {
  readonly vx: number
  readonly vy: number
}

/** Speed falls to 1/e in this time. */
const inertiaMs = 325
const minSpeed = 12
const maxSpeed = 6_000

/** Null if the movement is too slow to glide. */
export const startGlide = ({ vx, vy }: Velocity): Velocity | null => {
  const speed = Math.hypot(vx, vy)
  if (speed < 10 * minSpeed) return null
  const scale = Math.min(1, maxSpeed / speed)
  return { vx: vx * scale, vy: vy * scale }
}

/** The distance of the next `elapsedMs` and the speed after it; the speed is null at rest. */
export const stepGlide = (velocity: Velocity, elapsedMs: number): { dx: number; dy: number; velocity: Velocity | null } => {
  const left = Math.exp(-elapsedMs / inertiaMs)
  const way = (inertiaMs / 1_000) * (1 - left)
  const next = { vx: velocity.vx * left, vy: velocity.vy * left }
  return {
    dx: velocity.vx * way,
    dy: velocity.vy * way,
    velocity: Math.hypot(next.vx, next.vy) < minSpeed ? null : next,
  }
}

/** A running zoom step: `anchor` stays at `at` until `zoom` is reached. */
export interface ZoomGoal {
  readonly anchor: PlanePoint
  readonly at: ScreenPoint
  readonly zoom: number
  /** The goal before rounding. The next step starts from it, so that small steps add up. */
  readonly unrounded: number
}

/** The distance to the goal falls to 1/e in this time. */
const zoomEaseMs = 45

export const stepZoom = (zoom: number, goal: number, elapsedMs: number) => {
  const left = Math.exp(-elapsedMs / zoomEaseMs)
  const next = goal * (zoom / goal) ** left
  return Math.abs(Math.log(next / goal)) < 0.002 ? goal : next
}
