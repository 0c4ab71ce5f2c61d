import { ask, Refused, Unreachable } from '../graph/client'
import type { Operation } from '../graph/operations'

type Deed = { send: () => Promise<void>; about: string }

const firstWait = 1_000
const longestWait = 20_000

/** So often the server may fail at a deed before the rep is told. */
const mostFaults = 4

/**
 * Outbox sends what the rep did in the order it was done. Without connection a deed waits and is sent again under the
 * same request id, so that the server counts it once. It lives as long as the page.
 */
export class Outbox {
  #deeds: Deed[] = $state.raw([])
  #token: string
  #running = false
  #wait = firstWait
  #wake = () => {}
  #closed = false

  /** The last attempt did not reach the server. */
  stuck = $state(false)
  readonly waiting = $derived(this.#deeds.length)

  constructor(token: string) {
    this.#token = token
    addEventListener('online', () => this.#wake())
  }

  /** Whether something about the visit (or alert) is on its way. */
  holds(id: string): boolean {
    return this.#deeds.some((deed) => deed.about === id)
  }

  /** add resolves with the server's answer, however late; it rejects only with a refusal. */
  add<Data, Input extends object>(
    about: string,
    mutation: Operation<Data, { input: { requestId: string } & Input }>,
    input: Input,
  ): Promise<Data> {
    const variables = { input: { requestId: crypto.randomUUID(), ...input } }
    return new Promise((resolve, reject) => {
      let faults = 0
      const send = async () => {
        try {
          resolve(await ask(this.#token, mutation, variables))
        } catch (error) {
          if (error instanceof Unreachable) throw error
          // A server that stops under the request says INTERNAL: what the rep did must not be lost with it.
          if (error instanceof Refused && error.code === 'INTERNAL' && ++faults < mostFaults) throw error
          reject(error)
        }
      }
      this.#deeds = [...this.#deeds, { send, about }]
      void this.#run()
    })
  }

  close() {
    this.#closed = true
    this.#wake()
  }

  async #run() {
    if (this.#running) return
    this.#running = true
    while (!this.#closed) {
      const deed = this.#deeds[0]
      if (!deed) break
      try {
        await deed.send()
        this.#wait = firstWait
        this.stuck = false
        // What was added meanwhile stands at the end.
        this.#deeds = this.#deeds.filter((other) => other !== deed)
      } catch {
        this.stuck = true
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          setTimeout(resolve, this.#wait)
        })
        this.#wait = Math.min(this.#wait * 2, longestWait)
      }
    }
    this.#running = false
  }
}
