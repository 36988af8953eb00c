import { expect, test } from 'vitest'
import { defaultSite, showSite, siteLimits } from '../../../lib/site.ts'
import { changeOf, differencesOf, editedFields, wrongFields } from './settings-form.ts'

const site = { ...showSite(defaultSite), name: 'Winter', accent: '#AA0044', defaultCanvas: 'main' as never }

test('only what means something else is edited', () => {
  expect(editedFields(site, { name: ' Winter ', accent: '#aa0044', privacy: '\n' })).toEqual([])
  expect(editedFields(site, { name: 'Summer', accent: '', defaultCanvas: '' })).toEqual(['name', 'accent', 'defaultCanvas'])
})

test('a change has the edited fields, and null for an accent or a board that is taken away', () => {
  expect(changeOf(site, { name: ' Summer ', accent: '', defaultCanvas: '', contact: 'us@example.org' })).toEqual({
    name: 'Summer',
    accent: null,
    defaultCanvas: null,
    contact: 'us@example.org',
  })
})

test.each([
  ['name', ''],
  ['name', 'x'.repeat(siteLimits.maxName + 1)],
  ['description', 'x'.repeat(siteLimits.maxDescription + 1)],
  ['contact', 'x'.repeat(siteLimits.maxContact + 1)],
  ['privacy', 'x'.repeat(siteLimits.maxPrivacy + 1)],
  ['accent', 'red'],
  ['accent', '#12345'],
] as const)('the %s "%s" is wrong', (field, text) => {
  expect(wrongFields(site, { [field]: text })).toEqual([field])
})

test('texts of exactly the longest length are not wrong', () => {
  const { maxName, maxDescription, maxContact, maxPrivacy } = siteLimits
  const typed = {
    name: 'x'.repeat(maxName),
    description: 'é'.repeat(maxDescription),
    contact: 'x'.repeat(maxContact),
    privacy: 'x'.repeat(maxPrivacy),
  }
  expect(wrongFields(site, typed)).toEqual([])
})

test('differences name each field with both texts', () => {
  expect(differencesOf(site, { ...site, name: 'Summer', accent: null })).toEqual([
    { field: 'name', before: 'Winter', after: 'Summer' },
    { field: 'accent', before: '#AA0044', after: '' },
  ])
})
