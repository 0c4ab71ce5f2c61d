// The running server that the pages are tested against.
//
//   HEXBEAT_DEMO_JSON   demo.json of `hexbeat demo` (or of `npm run mock`): address and tokens
//   HEXBEAT_URL         another address than demo.json's
//   HEXBEAT_CHROMIUM    /usr/bin/chromium by default
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const demoFile = process.env.HEXBEAT_DEMO_JSON
if (!demoFile) throw new Error('HEXBEAT_DEMO_JSON must name the demo.json of a running server')

export const demo = JSON.parse(readFileSync(demoFile, 'utf8'))
export const url = (process.env.HEXBEAT_URL ?? demo.url).replace(/\/$/, '')

const having = (role) => (user) => user.role.toUpperCase() === role
export const token = (role) => demo.users.find(having(role)).token
export const reps = demo.users.filter(having('REP'))
export const repToken = (name) => reps.find((rep) => rep.name === name).token

/** How long is waited for anything, milliseconds: how fast the server is is not tested here, and it may share its machine. */
export const patience = 120_000

export const launch = () => chromium.launch({ executablePath: process.env.HEXBEAT_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })

/** Waits until what `read` answers passes `check`; answers it. */
export async function until(read, check, what) {
  const end = Date.now() + patience
  for (;;) {
    const value = await read()
    if (check(value)) return value
    assert.ok(Date.now() < end, `${what}; last seen: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** What a program with that token would ask; a mutation's input is given a request id. */
export async function ask(token, query, { input, ...variables } = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'en', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { ...variables, ...(input && { input: { requestId: crypto.randomUUID(), ...input } }) } }),
  })
  const { data, errors } = await response.json()
  assert.equal(errors, undefined)
  return data
}
