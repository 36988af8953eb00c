/** Which key does what, as a pure function, so that the map can be read, tested, and shown in the help. */
export type KeyAction =
  | { do: 'move'; dx: number; dy: number }
  | { do: 'paint' }
  | { do: 'choose'; index: number }
  | { do: 'step'; by: 1 | -1 }
  | { do: 'zoom'; by: 1 | -1 }
  | { do: 'grid' }
  | { do: 'help' }

export interface Key {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export const keyAction = ({ key, shiftKey, ctrlKey, metaKey, altKey }: Key, options: { letters: boolean }): KeyAction | null => {
  if (ctrlKey || metaKey || altKey) return null
  const arrow = arrows[key]
  if (arrow) {
    const step = shiftKey ? 10 : 1
    return { do: 'move', dx: arrow[0] * step, dy: arrow[1] * step }
  }
  if (/^[0-9]$/.test(key)) return { do: 'choose', index: key === '0' ? 9 : Number(key) - 1 }
  switch (key) {
    case 'Enter':
    case ' ':
      return { do: 'paint' }
    case '[':
      return { do: 'step', by: -1 }
    case ']':
      return { do: 'step', by: 1 }
    case '+':
    case '=':
      return { do: 'zoom', by: 1 }
    case '-':
    case '_':
      return { do: 'zoom', by: -1 }
    case '?':
      return { do: 'help' }
    case 'g':
    case 'G':
      return options.letters ? { do: 'grid' } : null
    default:
      return null
  }
}
