import { RenderAnew } from '../../components/RenderAnew.tsx'
import { StartPage } from '../../components/start/StartPage.tsx'
import { readList } from '../site.ts'

/** The list of boards, also when the address of the site itself shows a board. */
export default async function Page() {
  return (
    <RenderAnew>
      <StartPage {...(await readList())} />
    </RenderAnew>
  )
}
