import { OperationsPage } from '../../../components/operations/OperationsPage.tsx'
import { RenderAnew } from '../../../components/RenderAnew.tsx'

export default function Page() {
  return (
    <RenderAnew>
      <OperationsPage />
    </RenderAnew>
  )
}
