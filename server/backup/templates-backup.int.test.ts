/** Backups carry templates by link. A restored board has a new epoch, and its templates with it. */
import { expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { isOfBoard } from '../store/templates-port.ts'
import { showProgress } from '../templates/template-progress.ts'
import { TemplateProjection } from '../templates/template-projection.ts'
import { describeBackups, run } from './backup.fixture.ts'

const main = asCanvasId('main')

describeBackups('the backup of templates', (setup) => {
  test('T16 T17 restores templates and pictures of the board, with their counts', async () => {
    const { folder, painted } = setup
    const store = await painted.under.open()
    const [template] = await store.templates.listTemplates({ canvas: main })
    if (!template) throw new Error('there is none')
    const picture = await store.templates.getTemplatePicture(template.id)
    expect((await run(painted.under, ['backup', folder])).code).toBe(0)
    await store.templates.removeTemplate({ id: template.id, groupId: 'removed00001', nowMs: 1 })
    await store.close()

    expect((await run(painted.under, ['restore', folder, '--force'])).code).toBe(0)
    const restored = await painted.under.open()
    const canvas = await restored.getCanvas(main)
    const back = await restored.templates.getTemplate(template.id)
    if (!canvas || !back) throw new Error('it is gone')
    expect([back.epoch, isOfBoard(back, canvas), { ...back, epoch: template.epoch }]).toEqual([canvas.epoch, true, template])
    expect(await restored.templates.getTemplatePicture(template.id)).toEqual(picture)
    const progress = () => showProgress(restored.templates, { canvas, template: back, nowMs: 1 })
    // One of the 100 columns and rows is outside, and each fifth column wants nothing.
    const counted = await progress()
    expect(counted).toMatchObject({ counted: true, total: 79 * 69 })
    await new TemplateProjection({ store: restored, now: () => 1 }).catchUp(canvas, await restored.readHeads(main))
    // The store's projections are behind by one commit.
    expect(await progress()).toMatchObject({ counted: true, right: counted.right, total: 79 * 69 })
    await restored.close()
  })
})
