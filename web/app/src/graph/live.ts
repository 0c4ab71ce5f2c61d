import { createClient } from 'graphql-ws'
import { language } from '../words/words.svelte'
import type { ChangeHint } from './nouns'
import { changed } from './operations'

type Listener = {
  /** Where to resume from; asked anew for each connection. */
  since: () => string
  hint: (hint: ChangeHint) => void
  /** The socket is up (hints may have been missed: ask `changes`) or down. */
  up: (up: boolean) => void
  /** The server no longer takes the token. */
  unauthenticated: () => void
}

const firstWait = 500
const longestWait = 15_000

/**
 * listen keeps one `changed` subscription open, resuming from the listener's cursor after every break,
 * until the returned function is called.
 */
export function listen(token: string, listener: Listener): () => void {
  let stopped = false
  let wait = firstWait
  let timer: ReturnType<typeof setTimeout> | undefined
  let dispose = () => {}

  const open = () => {
    let over = false
    const lost = (reason: unknown) => {
      if (over || stopped) return
      over = true
      void client.dispose()
      listener.up(false)
      const code = (reason as { code?: number } | undefined)?.code
      if (code === 4401 || code === 4403) return listener.unauthenticated()
      timer = setTimeout(
        () => {
          timer = undefined
          open()
        },
        wait * (0.5 + Math.random() / 2),
      )
      wait = Math.min(wait * 2, longestWait)
    }
    const client = createClient({
      url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
      connectionParams: { authorization: `Bearer ${token}`, locale: language.tag },
      keepAlive: 10_000,
      retryAttempts: 0,
      on: {
        connected: () => {
          wait = firstWait
          listener.up(true)
        },
        closed: lost,
      },
    })
    client.subscribe<{ changed: ChangeHint }>(
      { query: changed, variables: { since: listener.since() || undefined } },
      {
        next: ({ data }) => data?.changed && listener.hint(data.changed),
        error: lost,
        complete: () => lost(undefined),
      },
    )
    dispose = () => void client.dispose()
  }

  // A phone that wakes, or a network that returns, need not wait for the timer.
  const hurry = () => {
    if (!timer || stopped) return
    clearTimeout(timer)
    timer = undefined
    wait = firstWait
    open()
  }
  addEventListener('online', hurry)
  open()
  return () => {
    stopped = true
    clearTimeout(timer)
    removeEventListener('online', hurry)
    dispose()
  }
}
