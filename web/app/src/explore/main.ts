import 'graphiql/style.css'
import './explore.css'
import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import { createClient } from 'graphql-ws'
import { createElement, useState } from 'react'
import { createRoot } from 'react-dom/client'

const kept = 'hexbeat.token'

const first = `# Hexbeat speaks GraphQL. Ctrl-Enter runs this; the schema is behind the book on the left.
# Without a token in the address (/explore#token=…) put one under Headers:
#   {"authorization": "Bearer …"}

{
  me {
    user { name }
    roles
    organization { name branches { name timeZone } }
  }
  reps(first: 5) {
    nodes { name load { ratio visits } route { stops { position arrival visit { site { name address } } } } }
  }
}
`

const given = new URLSearchParams(location.hash.slice(1)).get('token')
if (given) {
  sessionStorage.setItem(kept, given)
  history.replaceState(null, '', location.pathname)
}
const token = given ?? sessionStorage.getItem(kept)
// What stands in the headers editor goes over it.
const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}

function Explore() {
  const [fetcher] = useState(() =>
    createGraphiQLFetcher({
      url: '/graphql',
      headers: authorization,
      wsClient: createClient({
        url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
        connectionParams: authorization,
      }),
    }),
  )
  return createElement(GraphiQL, { fetcher, defaultQuery: first })
}

createRoot(document.getElementById('page')!).render(createElement(Explore))
