import type { ReactNode } from 'react'

interface TableProps {
  readonly title: string
  readonly columns: readonly string[]
  /** The number of text columns on the left. The others have numbers. */
  readonly wordColumns: number
  /** Columns that are hidden on a phone. */
  readonly wideOnly?: readonly number[]
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[]
  readonly empty?: string
  /** The id of the highlighted row. */
  readonly chosen?: string | undefined
}

export const Table = ({ title, columns, wordColumns, wideOnly = [], rows, empty, chosen }: TableProps) => {
  const width = (index: number) => (wideOnly.includes(index) ? 'max-sm:hidden' : '')
  const side = (index: number) => (index < wordColumns ? 'text-left' : 'text-right')
  // The tint of a row needs some room beside its cells.
  const edges = chosen === undefined ? 'last:pr-0' : 'first:pl-2.5 last:pr-2.5'
  const tint = 'bg-ultramarine/12 first:rounded-l-button last:rounded-r-button'
  return (
    <section className="panel min-w-0 overflow-x-auto p-4 pb-2 sm:p-5 sm:pb-3" aria-label={title}>
      <h2 className="text-[12.5px] text-muted">{title}</h2>
      {rows.length === 0 ? <p className="py-3 text-muted">{empty}</p> : null}
      {rows.length > 0 ? (
        <table className="mt-2 w-full whitespace-nowrap">
          <thead>
            <tr className="text-[12.5px] text-muted">
              {columns.map((column, index) => (
                <th key={column} className={`border-line border-b py-2 pr-4 font-normal ${edges} ${side(index)} ${width(index)}`}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, cells }) => (
              <tr key={id} className="border-line border-b last:border-0">
                {cells.map((cell, index) => (
                  <td
                    key={columns[index]}
                    className={`py-2.5 pr-4 ${edges} ${id === chosen ? tint : ''} ${side(index)} ${index < wordColumns ? '' : 'numbers'} ${width(index)}`}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  )
}
