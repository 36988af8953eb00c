/** A short sound of two tones, without a file. */

let context: AudioContext | null = null

/** Browsers start sounds only after a click or a key on the page. Call this in one. */
export const unlockSound = () => {
  context ??= new AudioContext()
  void context.resume().catch(() => undefined)
}

const tones = [
  { hertz: 660, atSeconds: 0 },
  { hertz: 880, atSeconds: 0.12 },
]
const loudness = 0.12
const lengthSeconds = 0.28

/** Plays nothing before `unlockSound`. */
export const playSound = () => {
  if (context?.state !== 'running') return
  for (const { hertz, atSeconds } of tones) {
    const startsAt = context.currentTime + atSeconds
    const tone = context.createOscillator()
    const gain = context.createGain()
    tone.type = 'sine'
    tone.frequency.value = hertz
    gain.gain.setValueAtTime(0, startsAt)
    gain.gain.linearRampToValueAtTime(loudness, startsAt + 0.01)
    gain.gain.exponentialRampToValueAtTime(0.0001, startsAt + lengthSeconds)
    tone.connect(gain).connect(context.destination)
    tone.start(startsAt)
    tone.stop(startsAt + lengthSeconds)
  }
}
