import { describe, expect, test } from 'vitest'
import { refusedMembers, refusedRights } from './check-set.ts'

const members = ['a:1', 'b:1', 'c:1'].map((host) => ({ host, arbiterOnly: false, priority: 1, votes: 1 }))
const states = new Map([
  ['a:1', 'PRIMARY'],
  ['b:1', 'SECONDARY'],
  ['c:1', 'SECONDARY'],
])

describe('refusedMembers', () => {
  test('three members that hold data can be tested', () => expect(refusedMembers(members, states)).toBeNull())

  test('an arbiter is refused', () => {
    const withArbiter = members.map((member) => ({ ...member, arbiterOnly: member.host === 'c:1' }))
    expect(refusedMembers(withArbiter, states)).toMatch(/^The member c:1 is an arbiter.*Replace it with a member that holds data\.$/)
  })

  test('fewer than three voting members are refused', () => {
    expect(refusedMembers(members.slice(1), states)).toContain('too few voting members: 2 of 3')
    expect(
      refusedMembers(
        members.map((member, index) => ({ ...member, votes: index })),
        states,
      ),
    ).toContain('2 of 3')
  })

  test('a set in which no other member can become the primary is refused', () => {
    expect(
      refusedMembers(
        members.map((member, index) => ({ ...member, priority: index === 0 ? 1 : 0 })),
        states,
      ),
    ).toContain('rs.reconfig()')
  })

  test('a member that is not a primary or secondary is refused', () => {
    expect(refusedMembers(members, new Map([...states, ['b:1', 'RECOVERING']]))).toContain('b:1 is in the state RECOVERING')
    expect(refusedMembers([...members, { host: 'd:1' }], states)).toContain('d:1 is in the state unknown')
  })
})

describe('refusedRights', () => {
  const user = (actions: string[]) => ({ authInfo: { authenticatedUsers: [{ user: 'u' }], authenticatedUserPrivileges: [{ actions }] } })

  test('a server without users needs no rights', () => {
    expect(refusedRights({ authInfo: { authenticatedUsers: [] } })).toBeNull()
  })

  test('a user needs the rights to step down and to lock', () => {
    expect(refusedRights(user(['replSetStateChange', 'fsync', 'unlock']))).toBeNull()
    expect(refusedRights(user(['anyAction']))).toBeNull()
    expect(refusedRights(user(['find', 'unlock']))).toContain(
      'lacks the privilege actions replSetStateChange, fsync. Give it the roles clusterAdmin',
    )
  })
})
