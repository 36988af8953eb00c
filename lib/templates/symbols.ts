/**
 * A symbol for each palette color: seven rows of seven bits, the leftmost cell in the highest bit. The first 32 colors have shapes,
 * and the others their number in two hexadecimal digits, so no two symbols are equal.
 */

export const symbolSide = 7

/** Each shape is seven rows, separated by slashes. */
const drawn = [
  '......./...#.../..###../..###../.#####./.#####./.......', // triangle
  '......./.#####./.#####./.#####./.#####./.#####./.......', // square
  '...#.../..###../.#####./#######/.#####./..###../...#...', // diamond
  '..###../.#####./#######/#######/#######/.#####./..###..', // disc
  '...#.../...#.../...#.../#######/...#.../...#.../...#...', // plus
  '......./......./#######/#######/#######/......./.......', // bar
  '..###../..###../..###../..###../..###../..###../..###..', // column
  '......./.#####./.#####./..###../..###../...#.../.......', // triangle downwards
  '#.....#/.#...#./..#.#../...#.../..#.#../.#...#./#.....#', // cross
  '......./#######/#######/......./#######/#######/.......', // two bars
  '.##.##./.##.##./.##.##./.##.##./.##.##./.##.##./.##.##.', // two columns
  '#######/#######/##...../##...../##...../##...../##.....', // corner upper left
  '.....##/.....##/.....##/.....##/.....##/#######/#######', // corner lower right
  '#######/#.....#/#.....#/#.....#/#.....#/#.....#/#######', // frame
  '##...../##...../......./..###../......./.....##/.....##', // three dots falling
  '.....##/.....##/......./..###../......./##...../##.....', // three dots rising
  '..###../.#...#./#.....#/#.....#/#.....#/.#...#./..###..', // circle
  '#####../#####../#####../#####../#####../......./.......', // square upper left
  '......./......./..#####/..#####/..#####/..#####/..#####', // square lower right
  '#....../.#...../..#..../...#.../....#../.....#./......#', // falling line
  '......#/.....#./....#../...#.../..#..../.#...../#......', // rising line
  '#.#.#.#/.#.#.#./#.#.#.#/.#.#.#./#.#.#.#/.#.#.#./#.#.#.#', // checks
  '...#.../..#.#../.#...#./#.....#/.#...#./..#.#../...#...', // open diamond
  '#######/.#####./..###../...#.../..###../.#####./#######', // hourglass
  '#.....#/##...##/###.###/#######/###.###/##...##/#.....#', // bow
  '...#.../..###../.#.#.#./...#.../...#.../...#.../...#...', // arrow up
  '...#.../...#.../...#.../...#.../.#.#.#./..###../...#...', // arrow down
  '......./..#..../.#...../#######/.#...../..#..../.......', // arrow left
  '......./....#../.....#./#######/.....#./....#../.......', // arrow right
  '##...##/##...##/......./......./......./##...##/##...##', // four dots
  '.##.##./#######/#######/#######/.#####./..###../...#...', // heart
  '..###../..###../#######/#######/#######/..###../..###..', // broad plus
]

/** Three columns and five rows: a bit for each cell, row by row. */
const digits = [
  0o75557, 0o26227, 0o71747, 0o71717, 0o55711, 0o74717, 0o74757, 0o71122, 0o75757, 0o75717, 0o75755, 0o65656, 0o74447, 0o65556, 0o74747,
  0o74744,
]

const rowsOfDrawing = (text: string) => text.split('/').map((row) => Number.parseInt(row.replaceAll('.', '0').replaceAll('#', '1'), 2))

const rowsOfNumber = (number: number) => {
  const [high, low] = [digits[number >> 4] ?? 0, digits[number & 15] ?? 0]
  const row = (at: number) => (((high >> (12 - 3 * at)) & 7) << 4) | ((low >> (12 - 3 * at)) & 7)
  return [0, row(0), row(1), row(2), row(3), row(4), 0]
}

const table = Array.from({ length: 256 }, (_, color) => {
  const drawing = drawn[color]
  return drawing === undefined ? rowsOfNumber(color) : rowsOfDrawing(drawing)
})

/** Seven rows for a palette index. */
export const symbolOf = (color: number): readonly number[] => table[color] ?? []

export const isInSymbol = (color: number, column: number, row: number): boolean =>
  column >= 0 && column < symbolSide && (((table[color]?.[row] ?? 0) >> (symbolSide - 1 - column)) & 1) === 1
