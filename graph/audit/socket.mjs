// A real graphql-ws client: node socket.mjs URL TOKEN. Prints what it hears, one JSON a line, until it is closed.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const [url, token] = process.argv.slice(2)
const say = (what) => console.log(JSON.stringify(what))
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  lazy: false,
  retryAttempts: 0,
  onNonLazyError: () => {},
  connectionParams: { authorization: `Bearer ${token}`, door: 'PAGE' },
  on: {
    connected: () => say({ connected: true }),
    closed: (event) => { say({ closed: event.code, reason: event.reason }); process.exit(0) },
  },
})
const listen = async (name, query) => {
  try {
    for await (const result of client.iterate({ query })) say({ [name]: result })
    say({ [name]: 'complete' })
  } catch (error) {
    say({ [name]: Array.isArray(error) ? { errors: error } : 'closed' })
  }
}
await listen('query', '{ me { roles } }')
await listen('broken', '{ mee }')
listen('hints', 'subscription { changed { kind ids cursor } }')
