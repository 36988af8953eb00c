import { StartPage } from '../../components/start/StartPage.tsx'
import { readPages } from '../site.ts'

/** The list of boards, also when the address of the site itself shows a board. */
export default async function Page() {
  const pages = await readPages()
  return <StartPage boards={(await pages?.boards()) ?? null} />
}
