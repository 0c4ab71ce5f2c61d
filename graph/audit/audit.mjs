// Runs graphql-http's audits against a server: node audit.mjs URL TOKEN. Prints a line for each that does not pass.
import { serverAudits } from 'graphql-http'

const [url, token] = process.argv.slice(2)
const fetchFn = (address, options = {}) => {
  const headers = new Headers(options.headers)
  headers.set('authorization', `Bearer ${token}`)
  return fetch(address, { ...options, headers })
}
let passed = 0
for (const audit of serverAudits({ url, fetchFn })) {
  const result = await audit.fn()
  if (result.status === 'ok') passed++
  else console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`)
}
console.log(`passed ${passed}`)
