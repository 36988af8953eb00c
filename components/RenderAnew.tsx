'use client'
import { Component, type ReactNode } from 'react'

interface State {
  readonly error: unknown
  readonly hasFailed: boolean
  readonly turn: number
}

/** More failures than this in a minute are not caused by extensions. */
const maxTurns = 5
const forgottenAfterMs = 60_000

/**
 * Renders its children again when they throw. Browser extensions remove and move React's elements, and React throws at its next
 * change there. The board and its session are outside the children and continue.
 */
export class RenderAnew extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null, hasFailed: false, turn: 0 }
  #failedAtMs: number[] = []

  static getDerivedStateFromError(error: unknown) {
    return { error, hasFailed: true }
  }

  override componentDidCatch() {
    const nowMs = performance.now()
    this.#failedAtMs = [...this.#failedAtMs.filter((atMs) => nowMs - atMs < forgottenAfterMs), nowMs]
    if (this.#failedAtMs.length <= maxTurns) this.setState(({ turn }) => ({ hasFailed: false, turn: turn + 1 }))
    else this.setState({ turn: -1 })
  }

  override render() {
    const { error, hasFailed, turn } = this.state
    if (turn < 0) throw error
    return hasFailed ? null : <Again key={turn}>{this.props.children}</Again>
  }
}

const Again = ({ children }: { readonly children: ReactNode }) => children
