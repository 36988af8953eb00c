import { OperationsPage } from '../../components/operations/OperationsPage.tsx'

export default function Page() {
  return <OperationsPage />
}
