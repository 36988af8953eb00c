import type { ReactNode } from 'react'

interface TableProps {
  readonly title: string
  readonly columns: readonly string[]
  /** The first two cells are words, the others numbers. */
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[]
  readonly empty?: string
}

const align = (index: number) => (index < 2 ? 'text-left' : 'text-right font-mono tabular-nums')

export const Table = ({ title, columns, rows, empty }: TableProps) => (
  <section className="card min-w-0 overflow-x-auto p-5">
    <h2 className="text-[12.5px] text-muted">{title}</h2>
    {rows.length === 0 ? <p className="mt-3 text-muted">{empty}</p> : null}
    {rows.length > 0 ? (
      <table className="mt-2 w-full whitespace-nowrap">
        <thead>
          <tr className="text-[12.5px] text-muted">
            {columns.map((column, index) => (
              <th key={column} className={`border-line border-b py-2 pr-4 font-normal last:pr-0 ${index < 2 ? 'text-left' : 'text-right'}`}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells }) => (
            <tr key={id} className="border-line border-b last:border-0">
              {cells.map((cell, index) => (
                <td key={columns[index]} className={`py-2 pr-4 last:pr-0 ${align(index)}`}>
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
