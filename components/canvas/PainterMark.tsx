/** The characters of the id are hues, so that a painter always has the same pattern. */
const hueOf = (id: string, index: number) => ((id.charCodeAt(id.length - 1 - index) || 0) * 47) % 360

/** The pattern of a painter. */
export const PainterMark = ({ id, className }: { id: string; className: string }) => {
  const [a, b, c] = [hueOf(id, 0), hueOf(id, 1), hueOf(id, 2)]
  const background = `conic-gradient(from 45deg, oklch(.68 .17 ${a}), oklch(.75 .15 ${b}), oklch(.6 .18 ${c}), oklch(.68 .17 ${a}))`
  return <span aria-hidden className={`inline-block shrink-0 ${className}`} style={{ background }} />
}
