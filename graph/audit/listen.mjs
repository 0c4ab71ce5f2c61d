// Subscribes to `changed` as a phone does and prints a line for each thing that happens: "subscribed" once the server has taken
// the subscription, then every hint as JSON.
//
//   HEXBEAT_URL    ws://host:port/graphql
//   HEXBEAT_TOKEN  a bearer token
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const client = createClient({
  url: process.env.HEXBEAT_URL,
  connectionParams: { authorization: `Bearer ${process.env.HEXBEAT_TOKEN}` },
  retryAttempts: 0,
  webSocketImpl: WebSocket,
})

// A query over the same socket, sent after the subscription, is answered once the subscription stands.
client.subscribe(
  { query: 'subscription { changed { kind ids cursor } }' },
  {
    next: (result) => console.log(JSON.stringify(result.data ?? result)),
    error: (error) => {
      console.error('subscription failed', error.reason ?? error)
      process.exit(1)
    },
    complete: () => process.exit(0),
  },
)
client.subscribe(
  { query: '{ me { user { id } } }' },
  { next: () => console.log('subscribed'), error: (error) => console.error(error), complete: () => {} },
)
